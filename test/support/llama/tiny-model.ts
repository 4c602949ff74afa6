import { writeGguf, type Setting, type Tensor } from './gguf.ts';
import { BEGIN, replies } from './texts.ts';

const UNKNOWN = '<unk>';
const START = '<s>';
const END = '</s>';
/** llama.cpp's types of tokens. */
const TYPE = { normal: 1, unknown: 2, control: 3, byte: 6 };
/** Attention has weight 0 but is computed, and most of the time goes into it. */
const HEAD = 32;
const FEED_FORWARD = 32;
/** Prompts are read character by character, so the context is long. */
export const CONTEXT = 65_536;

const TEMPLATE =
  "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}\n{% endfor %}{% if add_generation_prompt %}<s>{% endif %}";

/** Logits: after a known token, of others; after a token of a prompt, of others than the beginning; never written. */
const LOGIT = { unseen: -14, notTheBegin: -10, never: -30 };

type Vocabulary = { tokens: string[]; idOf: Map<string, number>; prompts: number };

/** Bytes and characters, in which prompts are read, and after them the words and pieces of replies. */
function vocabularyOf(sequences: readonly string[][]): Vocabulary {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  const characters = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index));
  const prompts = [UNKNOWN, START, END, ...bytes, ...characters];
  const tokens = [...new Set([...prompts, ...sequences.flat()])];
  return { tokens, idOf: new Map(tokens.map((token, id) => [token, id])), prompts: prompts.length };
}

/**
 * Writes a tiny language model for llama.cpp, about 11 MB, in a second and without a network: an exact bigram model of this
 * project's advice, in the architecture of Llama with attention of weight 0. Its texts are fluent nonsense. The engine
 * around it is the real one: tokenizer, chat template, JSON schema to grammar, limits, streams.
 */
export function writeTinyModel(file: string): void {
  const sequences = replies().map((reply) => [START, ...reply, END]);
  const vocabulary = vocabularyOf(sequences);
  const width = Math.ceil(vocabulary.tokens.length / HEAD) * HEAD;
  writeGguf(file, settingsOf(vocabulary, width), tensorsOf(vocabulary, width, sequences));
}

function settingsOf({ tokens }: Vocabulary, width: number): Setting[] {
  const bytesEnd = 3 + 256;
  const typeOf = (id: number): number => {
    if (id === 0) return TYPE.unknown;
    if (id < 3) return TYPE.control;
    return id < bytesEnd ? TYPE.byte : TYPE.normal;
  };
  const sizes = {
    context_length: CONTEXT,
    embedding_length: width,
    block_count: 1,
    feed_forward_length: FEED_FORWARD,
    vocab_size: tokens.length,
    'attention.head_count': 1,
    'attention.head_count_kv': 1,
    'attention.key_length': HEAD,
    'attention.value_length': HEAD,
    'rope.dimension_count': HEAD,
  };
  return [
    { key: 'general.architecture', value: 'llama' },
    { key: 'general.name', value: 'tiny-bigram' },
    { key: 'general.file_type', value: 0 },
    ...Object.entries(sizes).map(([key, value]) => ({ key: `llama.${key}`, value })),
    { key: 'llama.attention.layer_norm_rms_epsilon', value: 1e-9, type: 'f32' },
    { key: 'tokenizer.ggml.model', value: 'llama' },
    // A space is this character in a vocabulary of SentencePiece.
    { key: 'tokenizer.ggml.tokens', value: tokens.map((token) => token.replaceAll(' ', '▁')) },
    { key: 'tokenizer.ggml.scores', value: tokens.map((_, id) => (id < bytesEnd ? -1e4 : -id)), type: 'f32' },
    { key: 'tokenizer.ggml.token_type', value: tokens.map((_, id) => typeOf(id)), type: 'i32' },
    { key: 'tokenizer.ggml.unknown_token_id', value: 0 },
    { key: 'tokenizer.ggml.bos_token_id', value: 1 },
    { key: 'tokenizer.ggml.eos_token_id', value: 2 },
    { key: 'tokenizer.ggml.add_space_prefix', value: false },
    { key: 'tokenizer.chat_template', value: TEMPLATE },
  ];
}

function tensorsOf(vocabulary: Vocabulary, width: number, sequences: readonly string[][]): Tensor[] {
  const size = vocabulary.tokens.length;
  const filled = (name: string, dimensions: readonly number[], value = 0): Tensor => {
    const count = dimensions.reduce((product, dimension) => product * dimension, 1);
    return { name, dimensions, data: new Float32Array(count).fill(value) };
  };
  const embedding = filled('token_embd.weight', [width, size]);
  // Each token is a direction of its own.
  for (let id = 0; id < size; id += 1) embedding.data[id * width + id] = 1;
  return [
    embedding,
    filled('output_norm.weight', [width], 1 / Math.sqrt(width)),
    { name: 'output.weight', dimensions: [width, size], data: logitsOf(vocabulary, width, sequences) },
    filled('blk.0.attn_norm.weight', [width], 1),
    filled('blk.0.ffn_norm.weight', [width], 1),
    ...['q', 'k', 'v'].map((name) => filled(`blk.0.attn_${name}.weight`, [width, HEAD])),
    filled('blk.0.attn_output.weight', [HEAD, width]),
    filled('blk.0.ffn_gate.weight', [width, FEED_FORWARD]),
    filled('blk.0.ffn_up.weight', [width, FEED_FORWARD]),
    filled('blk.0.ffn_down.weight', [FEED_FORWARD, width]),
  ];
}

/** From the direction of each token, the logit of each next one. */
function logitsOf({ tokens, idOf, prompts }: Vocabulary, width: number, sequences: readonly string[][]): Float32Array {
  const size = tokens.length;
  const follows = Array.from({ length: size }, () => new Map<number, number>());
  for (const sequence of sequences) {
    const ids = sequence.map((token) => idOf.get(token) ?? 0);
    for (const [index, id] of ids.entries()) {
      const next = ids[index + 1];
      if (next !== undefined) follows[id]?.set(next, (follows[id]?.get(next) ?? 0) + 1);
    }
  }
  const begin = idOf.get(BEGIN);
  const end = idOf.get(END);
  const logits = new Float32Array(size * width);
  for (const [from, next] of follows.entries()) {
    const total = [...next.values()].reduce((sum, count) => sum + count, 0);
    for (let to = 0; to < size; to += 1) {
      const count = next.get(to) ?? 0;
      let logit = count > 0 ? Math.log(count / total) : LOGIT.unseen;
      if (total === 0) logit = to === begin ? 0 : LOGIT.notTheBegin;
      if (to < prompts && to !== end && count === 0) logit = LOGIT.never;
      logits[to * width + from] = logit;
    }
  }
  return logits;
}
