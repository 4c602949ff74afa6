import type { Check } from './rule.ts';

/** The person gets a result: the first reply fits, or its repair. */
export const fits: Check = ({ end }) => {
  if (end === 'unasked' || end === 'failed') return undefined;
  if (end === 'refused') return ['the model refused to answer'];
  return end === 'never' ? ['neither the reply nor its repair fits'] : [];
};

export const fitsAtOnce: Check = ({ end, texts }) =>
  texts.length === 0 ? undefined : end === 'first' ? [] : ['the first reply does not fit'];
