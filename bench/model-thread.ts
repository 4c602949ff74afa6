import { parentPort } from 'node:worker_threads';
import { delay, type Behaviour } from '../test/support/model-behaviours.ts';
import { sendReply, validContent } from '../test/support/model-replies.ts';
import { startModel } from '../test/support/model.ts';
import { PaidCalls } from './counts.ts';
import type { ModelCommand } from './model.ts';

/** The scripted model as a thread: in the driver's thread the two would delay each other and the measured latencies. */
if (parentPort === null) throw new Error('bench/model.ts starts this as a thread');
const port = parentPort;
const model = await startModel();
const paid = new PaidCalls();

/** One reply for all calls: it is never read, and making a new one would cost as much as the rest of the call. */
let content: string | undefined;
const sameReply: Behaviour = (pending) => {
  content ??= validContent(pending.call, {});
  return sendReply(pending, { content, finish: 'stop' });
};

function carryOut(command: ModelCommand): number {
  if (command.name === 'latency') {
    const behaviour = command.ms === 0 ? sameReply : delay(command.ms, sameReply);
    model.script(() => behaviour);
  } else if (command.name === 'hold') model.hold();
  else if (command.name === 'release') model.release();
  // Counts and drops the calls, each of which has the whole prompt.
  paid.add(model.calls.splice(0));
  return paid.paidTwice;
}

port.on('message', (command: ModelCommand) => port.postMessage(carryOut(command)));
port.postMessage(model.url);
