import type { ItemKind } from '../entities/item.ts';

/** The GraphQL type of each kind of item. */
export const ITEM_TYPES = {
  scale: 'ScaleItem',
  choice: 'ChoiceItem',
  choices: 'ChoicesItem',
  yes_no: 'YesNoItem',
  whole_number: 'NumberItem',
  number: 'NumberItem',
  date: 'DateItem',
  text: 'TextItem',
  long_text: 'TextItem',
  email: 'TextItem',
  texts: 'TextsItem',
  matrix: 'MatrixItem',
} as const satisfies Record<ItemKind, string>;
