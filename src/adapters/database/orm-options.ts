import compiledFunctions from './compiled-functions.js';
import { byUniqueNames } from './compiled-keys.ts';
import { ormModel } from './orm-model.ts';

/**
 * For every `MikroORM.init`. The process makes no code out of text, so the functions that MikroORM would make of the
 * entities are made by `npm run compile:orm` and committed.
 */
export const ormOptions = { ...ormModel, compiledFunctions: byUniqueNames(compiledFunctions, ormModel.entities) };
