import { writeFileSync } from 'node:fs';

/** One weight tensor; dimensions from the fastest to the slowest. */
export type Tensor = { name: string; dimensions: readonly number[]; data: Float32Array };
type Scalar = number | string | boolean;
/** Whole numbers are `u32`, unless the type is given. */
export type Setting = { key: string; value: Scalar | readonly Scalar[]; type?: 'f32' | 'i32' };

const VERSION = 3;
const ALIGNMENT = 32;
const TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, text: 8, list: 9 } as const;
/** The type of a tensor: 32-bit floats. */
const F32 = 0;

/** Writes a model file of llama.cpp: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
export function writeGguf(file: string, settings: readonly Setting[], tensors: readonly Tensor[]): void {
  let offset = 0;
  const described = tensors.map(({ name, dimensions, data }) => {
    const description = [text(name), u32(dimensions.length), ...dimensions.map(u64), u32(F32), u64(offset)];
    offset += Math.ceil(data.byteLength / ALIGNMENT) * ALIGNMENT;
    return Buffer.concat(description);
  });
  const counts = [u32(VERSION), u64(tensors.length), u64(settings.length)];
  const head = Buffer.concat([Buffer.from('GGUF'), ...counts, ...settings.map(settingBytes), ...described]);
  const bodies = tensors.map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  writeFileSync(file, Buffer.concat([head, ...bodies].map(padded)));
}

function settingBytes({ key, value, type }: Setting): Buffer {
  if (!Array.isArray(value)) {
    const kind = type ?? kindOf(value as Scalar);
    return Buffer.concat([text(key), u32(TYPES[kind]), scalar(value as Scalar, kind)]);
  }
  const items: readonly Scalar[] = value;
  const kind = type ?? kindOf(items[0] ?? '');
  const head = [text(key), u32(TYPES.list), u32(TYPES[kind]), u64(items.length)];
  return Buffer.concat([...head, ...items.map((item) => scalar(item, kind))]);
}

type Kind = 'u32' | 'i32' | 'f32' | 'bool' | 'text';

function kindOf(value: Scalar): Kind {
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'bool' : 'u32';
}

function scalar(value: Scalar, kind: Kind): Buffer {
  if (kind === 'text') return text(String(value));
  if (kind === 'bool') return Buffer.from([value === true ? 1 : 0]);
  const bytes = Buffer.alloc(4);
  if (kind === 'f32') bytes.writeFloatLE(Number(value));
  else if (kind === 'i32') bytes.writeInt32LE(Number(value));
  else bytes.writeUInt32LE(Number(value));
  return bytes;
}

const u32 = (value: number): Buffer => scalar(value, 'u32');

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const text = (value: string): Buffer => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((ALIGNMENT - (bytes.length % ALIGNMENT)) % ALIGNMENT)]);
