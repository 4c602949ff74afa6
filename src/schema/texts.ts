import { languageFor } from '../entities/languages.ts';
import { OwnError } from '../own-error.ts';
import { builder } from './builder.ts';
import { wantedLanguages } from './in-language.ts';
import { TextsType } from './types/texts.ts';

builder.queryField('texts', (t) =>
  t.field({
    type: TextsType,
    nullable: true,
    description: "The operator's texts. They need no session.",
    args: {
      language: t.arg.string({
        description: 'A language tag. Default: the header `Accept-Language`. A language that is not there: English.',
      }),
    },
    resolve: (_root, { language }, context) => {
      const { operatorTexts } = context.services;
      const found = languageFor([...operatorTexts.keys()], wantedLanguages(language, context));
      const own = operatorTexts.get(found);
      if (own === undefined) throw new OwnError('there are no texts');
      return { ...own, language: found };
    },
  }),
);
