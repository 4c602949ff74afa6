import { languageFor } from '../entities/languages.ts';
import { OwnError } from '../own-error.ts';
import { builder } from './builder.ts';
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
    resolve: (_root, { language }, { services: { operatorTexts }, languages }) => {
      const wanted = language == null ? languages() : [language, ...languages()];
      const found = languageFor([...operatorTexts.keys()], wanted);
      const own = operatorTexts.get(found);
      if (own === undefined) throw new OwnError('there are no texts');
      return { ...own, language: found };
    },
  }),
);
