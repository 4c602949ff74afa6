import type { Help } from '../../entities/help.ts';
import type { Contact, OperatorTexts } from '../../entities/texts.ts';
import { builder } from '../builder.ts';

const HelpContactType = builder.objectRef<Contact>('HelpContact').implement({
  description: 'Somebody who helps.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Such as the name of a helpline.' }),
    detail: t.string({
      nullable: true,
      description: 'When it answers, and for whom; null if the operator does not say.',
      resolve: ({ detail }) => detail ?? null,
    }),
    url: t.string({
      nullable: true,
      description: 'An address that begins with `https://` or `tel:`; null if there is none.',
      resolve: ({ url }) => url ?? null,
    }),
  }),
});

export const HelpType = builder.objectRef<Help>('Help').implement({
  description: "The operator's words for a person whose answers call for help. Plain text.",
  fields: (t) => ({
    title: t.exposeString('title', { description: 'The heading.' }),
    text: t.exposeString('text', { description: 'Where to find help now.' }),
    contacts: t.field({
      type: [HelpContactType],
      description: 'In the order of the operator; may be empty.',
      resolve: ({ contacts }) => contacts,
    }),
    flags: t.exposeStringList('flags', {
      description:
        'The titles of the rules of the questionnaire that the answers meet. Empty where only words of the person call for help.',
    }),
  }),
});

const PrivacyTextType = builder.objectRef<OperatorTexts['privacy']>('PrivacyText').implement({
  description: 'Who gets the answers, what for, and for how long.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'The heading.' }),
    text: t.exposeStringList('text', { description: 'Paragraphs.' }),
  }),
});

const ContactTextType = builder.objectRef<OperatorTexts['contact']>('ContactText').implement({
  description: 'Where to ask about this service.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'The heading.' }),
    text: t.exposeString('text', { description: 'Whom to ask, in words.' }),
    url: t.string({
      nullable: true,
      description: 'An address that begins with `https://` or `tel:`; null if there is none.',
      resolve: ({ url }) => url ?? null,
    }),
  }),
});

export const TextsType = builder.objectRef<OperatorTexts & { language: string }>('Texts').implement({
  description: "The operator's texts in one language. Plain text.",
  fields: (t) => ({
    language: t.exposeString('language', { description: 'A language tag, such as `en`.' }),
    help: t.field({
      type: HelpType,
      description: 'Shown to everybody who looks for it, whatever the answers.',
      resolve: ({ help: { title, text, contacts = [] } }) => ({ title, text, contacts, flags: [] }),
    }),
    privacy: t.field({ type: PrivacyTextType, description: 'About the answers.', resolve: ({ privacy }) => privacy }),
    contact: t.field({ type: ContactTextType, description: 'Of the operator.', resolve: ({ contact }) => contact }),
  }),
});
