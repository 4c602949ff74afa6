import { parentPort } from 'node:worker_threads';
import { delay, type Behaviour } from '../test/support/model-behaviours.ts';
import { sendReply, validContent } from '../test/support/model-replies.ts';
import { startModel } from '../test/support/model.ts';
import { PaidCalls } from './counts.ts';
import type { ModelCommand } from './model.ts';

/** The scriptable model as a thread: otherwise it and the driver would wait for each other, which the latencies would show. */
if (parentPort === null) throw new Error('bench/model.ts starts this as a thread');
const port = parentPort;
const model = await startModel();
const paid = new PaidCalls();

/** One answer for all: what it says is never looked at, and making it anew would cost as much as the rest of the call. */
let content: string | undefined;
const answer: Behaviour = (pending) => {
  content ??= validContent(pending.call, {});
  return sendReply(pending, { content, finish: 'stop' });
};

function carryOut(command: ModelCommand): number {
  if (command.name === 'latency') {
    const behaviour = command.ms === 0 ? answer : delay(command.ms, answer);
    model.script(() => behaviour);
  } else if (command.name === 'hold') model.hold();
  else if (command.name === 'release') model.release();
  // Counted and dropped: each line has the whole prompt.
  paid.add(model.calls.splice(0));
  return paid.paidTwice;
}

port.on('message', (command: ModelCommand) => port.postMessage(carryOut(command)));
port.postMessage(model.url);
