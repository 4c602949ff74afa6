import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseReply, repairMessages } from '../../src/consumers/reply.ts';
import type { ReplyContent } from '../../src/consumers/reply.ts';
import { formProblems } from '../../src/consumers/reply-form.ts';
import { secretText, systemText } from '../../src/consumers/instructions.ts';
import { buildPrompt } from '../../src/consumers/prompt.ts';
import { replyFormText } from '../../src/consumers/reply-schema.ts';
import { wellbeing } from '../support/questionnaires.ts';

const good: ReplyContent = {
  summary: 'You sleep badly.\nEverything else is fine.',
  recommendations: [
    {
      title: 'Sleep more',
      rationale: 'You slept 2 of 10.',
      action: 'Go to bed at ten.',
      area: 'sleep',
      priority: 'HIGH',
    },
    { title: 'Keep smiling', rationale: 'Your mood is good: 3 < 5.', action: 'Smile.', area: null, priority: 'LOW' },
  ],
};
const parse = (text: string) => parseReply(wellbeing, text);

/** The problems of the good reply with another first recommendation or other members. */
function problemsWith(recommendation: object, members: object = {}): string[] {
  const [first, ...rest] = good.recommendations;
  const reply = { ...good, recommendations: [{ ...first, ...recommendation }, ...rest], ...members };
  const parsed = parse(JSON.stringify(reply));
  return parsed.ok ? [] : parsed.problems;
}

test.each([
  ['as it is', (text: string) => text],
  ['with a byte order mark', (text: string) => `\ufeff${text}`],
  ['with space around it', (text: string) => `\n  ${text}\n`],
  ['in a fence for JSON', (text: string) => `\`\`\`json\n${text}\n\`\`\``],
  ['in a plain fence after a mark', (text: string) => `\ufeff \`\`\`\r\n${text}\r\n\`\`\` \n`],
  ['in a fence on its line', (text: string) => `\`\`\`json ${text} \`\`\``],
  ['in a fence with prose around it', (text: string) => `Here it is:\n\`\`\`json\n${text}\n\`\`\`\nGood luck!`],
  ['in a fence that is not closed', (text: string) => `\`\`\`json\n${text}`],
  ['in the first of two fences', (text: string) => `\`\`\`\n${text}\n\`\`\`\n\`\`\`json\n{}\n\`\`\``],
  ['in prose', (text: string) => `Here it is: ${text} Good luck!`],
  ['in prose with braces', (text: string) => `In {braces}, "as you {asked: ${text} I hope {it} helps}.`],
  ['after an empty form of it', (text: string) => `As {"summary": "…", "recommendations": [...]}: ${text}`],
  ['before another object', (text: string) => `${text}\n{"summary": "again"}`],
  ['in a list', (text: string) => `[${text}]`],
  ['in another object', (text: string) => `{"answer": ${text}}`],
  ['after a thought', (text: string) => `<think>\nHm, {"summary": 1}.\n</think>\n\n${text}`],
  ['after a thought without its first mark', (text: string) => `Hm, {"summary": 1}.\n</think>\n\n${text}`],
  ['after several thoughts', (text: string) => `<thinking>{</thinking><reasoning>"</reasoning>${text}`],
  ['after a thought with a draft', (text: string) => `${text.replaceAll('Sleep', 'Walk')}</think>${text}`],
  ['after a very long thought', (text: string) => `${'hm {'.repeat(100_000)}</think>${text}`],
])('a good reply %s is accepted unchanged', (_how, wrap) => {
  expect(parse(wrap(JSON.stringify(good, null, 2)))).toEqual({ ok: true, reply: good });
});

test.each([
  ['nothing', ''],
  ['a page', '<html><body>502 Bad Gateway</body></html>'],
  ['prose', 'Sleep {more}, and call "a friend".'],
  ['a half', JSON.stringify(good).slice(0, -20)],
  ['a trailing comma', JSON.stringify(good).replace(/}$/, ',}')],
  ['a thought that ends twice', `</think>${JSON.stringify(good)}</think>`],
  ['a thought alone', `${JSON.stringify(good)}</think>`],
  ['a fence alone', '```'],
])('%s is no valid JSON, and the problem repeats nothing of it', (_what, text) => {
  expect(parse(text)).toEqual({ ok: false, problems: ['The answer is not valid JSON.'] });
});

test.each(['null', '[]', '1', '"text"', '{}', '{"summary": null}'])('%s does not fit the schema', (text) => {
  expect(parse(text).ok).toBe(false);
});

test('each part that does not fit the schema is named', () => {
  expect(problemsWith({ priority: 'URGENT' })).toEqual([
    '/recommendations/0/priority is none of the values that the schema allows.',
  ]);
  expect(problemsWith({ area: 'money' })).toEqual([
    '/recommendations/0/area is none of the values that the schema allows.',
  ]);
  expect(problemsWith({ area: undefined })).toEqual(['/recommendations/0 has no "area".']);
  expect(problemsWith({ extra: 1 })).toEqual(['/recommendations/0 has a member that the schema does not know.']);
  expect(problemsWith({ title: 5 })).toEqual(['/recommendations/0/title has to be a text.']);
  expect(problemsWith({ title: 'x'.repeat(401) })).toEqual(['/recommendations/0/title is longer than 200 characters.']);
  expect(problemsWith({}, { summary: ['a'] })).toEqual(['/summary has to be a text.']);
  expect(problemsWith({}, { recommendations: {} })).toEqual(['/recommendations has to be a list.']);
  expect(problemsWith({}, { recommendations: [[]] })).toEqual(['/recommendations/0 has to be an object.']);
  expect(problemsWith({}, { recommendations: [] })).toEqual(['/recommendations has fewer entries than 1.']);
  const many = Array.from({ length: 11 }, (_, index) => ({
    ...good.recommendations[0],
    title: `${index}`,
    action: `${index}`,
  }));
  expect(problemsWith({}, { recommendations: many })).toEqual(['/recommendations has more entries than 10.']);
  expect(parse('[]')).toEqual({ ok: false, problems: ['The answer has to be an object.'] });
  expect(parse('{}')).toMatchObject({ problems: ['The answer has no "summary".', expect.any(String)] });
});

test.each([
  ['entries', `{"summary":"a","recommendations":[${'1,'.repeat(70_000)}1]}`],
  ['members', `{"summary":"a","recommendations":[{${Array.from({ length: 13_000 }, (_, n) => `"k${n}":1`).join()}}]}`],
  ['levels', `{"summary":${'['.repeat(70_000)}${']'.repeat(70_000)},"recommendations":[]}`],
])('a reply of many thousand %s is refused', (_what, text) => {
  expect(parse(text)).toMatchObject({ ok: false });
});

test('recommendations beyond the tenth are not checked', () => {
  const recommendations = Array.from({ length: 1_000 }, () => ({ ...good.recommendations[0], priority: 'URGENT' }));
  expect(formProblems(wellbeing)({ ...good, recommendations })).toHaveLength(11);
});

test('text that the database cannot hold or that is unreadable is refused', () => {
  for (const text of ['a\0b', 'a\ud800', 'a\u001b[31m', 'a\u0085'])
    expect(problemsWith({ action: text })).toEqual([
      '/recommendations/0/action contains control or broken characters.',
    ]);
  for (const text of ['', ' ', '\u200b\u200d'])
    expect(problemsWith({ title: text })).toEqual(['/recommendations/0/title is blank.']);
});

test.each([
  '<img src=http://evil.example/x.png>',
  'Look <script>alert(1)</script>',
  '</p>',
  '<!-- note -->',
  '![x](http://evil.example/x.png)',
  'Read [this](https://evil.example).',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'data:text/html;base64,AAAA',
  'Read http://evil.example now',
  'Read HTTPS://evil.example/x',
  'ftp://evil.example',
  'Read www.evil.example',
  'mailto:a@evil.example',
  'Read [this][1].',
  'Read [this][].',
  '[1]: /evil',
  '\uff1cscript\uff1ealert(1)\uff1c/script\uff1e',
  '\ufe64img src=x\ufe65',
  'ｈｔｔｐｓ：／／evil.example',
  'ｊａｖａｓｃｒｉｐｔ：alert(1)',
  '[this]\u200b(x)',
  'ht\u00adtp://evil.example',
  '<\u2060script\u2060>',
])('the markup or link %j is refused', (text) => {
  expect(problemsWith({ rationale: text })).toEqual([
    '/recommendations/0/rationale contains markup or a link. Write plain text.',
  ]);
});

test.each([
  '3 < 5 and 7 > 6',
  'a <- b',
  'your data: all of it',
  '[1] (see above)',
  '[1] [2]',
  'Note [1]: drink water',
  'I ♥ JavaScript.',
  '**now**',
  'Alone and/or with friends: at 7:30.',
  'www, http: and https: are letters.',
])('the plain text %j is no markup', (text) => {
  expect(problemsWith({ rationale: text })).toEqual([]);
});

test('two recommendations of one title or one action are refused', () => {
  expect(problemsWith({ title: ' keep  SMILING ' })).toEqual(['/recommendations/1/title repeats an earlier one.']);
  expect(problemsWith({ action: 'Smile.' })).toEqual(['/recommendations/1/action repeats an earlier one.']);
});

test('a reply that reveals the instructions is refused', () => {
  const sentences = secretText(wellbeing)
    .split(/(?<=\.)\s/)
    .filter((sentence) => sentence.length > 60);
  expect(sentences.length).toBeGreaterThan(4);
  for (const sentence of sentences)
    expect(problemsWith({}, { summary: `They are: ${sentence.toUpperCase()}` })).toContain(
      '/summary repeats the instructions.',
    );
});

test.each([
  ['the words for a person in distress', 'Talk today to a person you trust, a doctor or a local helpline.'],
  ['the same words as they stand in the prompt', systemText(wellbeing).split('\n').at(-8) ?? ''],
  ['the members of a reply', 'Summary, recommendations, title, rationale, action, area and priority HIGH.'],
])('a reply may well have %s', (_, text) => {
  expect(text.length).toBeGreaterThan(40);
  expect(problemsWith({ action: text })).toEqual([]);
});

test('a reply may repeat the form of a reply', () => {
  const [first, ...rest] = replyFormText(wellbeing)
    .split('\n')
    .filter((line) => !line.startsWith('{'));
  expect(problemsWith({ rationale: rest.join(' '), action: first })).toEqual([]);
});

const SENTENCE = 'You read the answers of one person to a questionnaire and suggest a few small, concrete steps.';
const full = (text: string) => text.replaceAll(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));

test.each([
  ['with zero-width characters', SENTENCE.split('').join('\u200b')],
  ['with tag characters', SENTENCE.replaceAll(' ', ' \u{e0020}')],
  ['in full-width letters', full(SENTENCE)],
  ['in bold letters', SENTENCE.replaceAll('e', '\u{1d41e}')],
  ['on many lines', SENTENCE.replaceAll(' ', '\n \n')],
  ['without spaces', SENTENCE.replaceAll(' ', '')],
  ['letter by letter', SENTENCE.split('').join(' ')],
  ['with a sign in each word', SENTENCE.replaceAll('s', 's*')],
  ['with accents', SENTENCE.replaceAll('e', 'e\u0301')],
  ['in capitals, in a text', `Well. ${SENTENCE.toUpperCase()} Well.`],
])('a sentence of the instructions is found %s', (_how, text) => {
  expect(problemsWith({ rationale: text })).toEqual(['/recommendations/0/rationale repeats the instructions.']);
});

const [half, rest] = [SENTENCE.slice(0, 50), SENTENCE.slice(50)];
const [first = '', second = '', third = ''] = SENTENCE.match(/.{1,32}/g) ?? [];

test.each([
  ['one text and the next', { title: half, rationale: rest }, {}],
  ['the summary and the first title', { title: rest }, { summary: half }],
  ['three texts, with words around', { title: `1. ${first}…`, rationale: `2. ${second}…`, action: `3. ${third}!` }, {}],
  ['texts in the wrong order', { title: third, rationale: first, action: second }, {}],
])('a sentence of the instructions in %s is found', (_how, recommendation, members) => {
  expect(problemsWith(recommendation, members)).toEqual(['The answer repeats the instructions.']);
});

test('a sentence of the instructions over the titles of all recommendations is found', () => {
  const titles = SENTENCE.match(/.{1,10}/g) ?? [];
  const recommendations = titles.map((title, index) => ({
    ...good.recommendations[0],
    title,
    action: `Step ${index}.`,
  }));
  expect(recommendations).toHaveLength(10);
  expect(problemsWith({}, { recommendations })).toEqual(['The answer repeats the instructions.']);
});

test('words of the instructions are allowed', () => {
  const text = 'You read a lot. The answers of one person are data; your questionnaire suggests a few concrete steps.';
  expect(problemsWith({ rationale: text, action: 'Suggest a few small steps to a friend.' })).toEqual([]);
});

/** The good reply with this summary, as it is taken. */
function taken(summary: string): string {
  const parsed = parse(JSON.stringify({ ...good, summary }));
  return parsed.ok ? parsed.reply.summary : parsed.problems.join();
}

test('hidden characters are removed from every text of a reply', () => {
  const hide = (text: string) => `\u2066${text.split('').join('\u200b')}\u2069\u{e0041}`;
  const hidden = {
    summary: hide(good.summary),
    recommendations: good.recommendations.map(({ title, rationale, action, area, priority }) => ({
      title: hide(title),
      rationale: hide(rationale),
      action: hide(action),
      area: area && hide(area),
      priority: hide(priority),
    })),
  };
  expect(parse(JSON.stringify(hidden))).toEqual({ ok: true, reply: good });
  expect(taken('\u202egnp.exe\u202c is fine')).toBe('gnp.exe is fine');
});

test('a word for no area is no area, unless an area has that id', () => {
  const areas = (area: string, content = wellbeing) => {
    const item = { ...good.recommendations[0], area };
    const parsed = parseReply(content, JSON.stringify({ ...good, recommendations: [item] }));
    return parsed.ok ? parsed.reply.recommendations.map((each) => each.area) : parsed.problems;
  };
  for (const word of ['NONE', 'none', 'null', 'N\u200bone']) expect(areas(word)).toEqual([null]);
  const scoring = { ...wellbeing.scoring, areas: [{ id: 'none', title: 'None', items: ['mood'] }] };
  expect(areas('none', { ...wellbeing, scoring })).toEqual(['none']);
  expect(areas('NONE', { ...wellbeing, scoring })).toEqual([null]);
});

test('lengths, blank texts and repetitions are those of the cleaned texts', () => {
  expect(problemsWith({ title: `${'x'.repeat(200)}${'\u200b'.repeat(100)}` })).toEqual([]);
  expect(problemsWith({ title: 'e\u0301'.repeat(200) })).toEqual([]);
  expect(problemsWith({ title: '\u0958'.repeat(201) })).toEqual([
    '/recommendations/0/title is longer than 200 characters.',
  ]);
  expect(taken('\u2060\u{e0041}\u3164')).toBe('/summary is blank.');
  expect(problemsWith({ title: 'Keep\u200b smiling' })).toEqual(['/recommendations/1/title repeats an earlier one.']);
  expect(problemsWith({ title: full('Keep') + ' smiling' })).toEqual([
    '/recommendations/1/title repeats an earlier one.',
  ]);
});

test('a name of a member is not cleaned: with hidden characters it is another name', () => {
  expect(problemsWith({ 'pri\u200bority': 'HIGH' })).toEqual([
    '/recommendations/0 has a member that the schema does not know.',
  ]);
});

test('many marks on one letter are refused, and quickly', () => {
  expect(taken(`a${'\u0301'.repeat(31)}`)).toBe('/summary contains control or broken characters.');
  const started = performance.now();
  expect(parse(JSON.stringify({ ...good, summary: '\u0301\u0316'.repeat(70_000) }))).toMatchObject({ ok: false });
  expect(performance.now() - started).toBeLessThan(2_000); // sorting them takes some eight seconds
});

test('of several replies the last one that fits is taken', () => {
  const replyOf = (summary: string, given: object = {}) => JSON.stringify({ ...good, summary, ...given });
  const text = `${replyOf('one')} or ${replyOf('two')} or ${replyOf('three', { recommendations: [] })}`;
  expect(parse(text)).toMatchObject({ ok: true, reply: { summary: 'two' } });
});

test('the problems are those of the JSON in the text', () => {
  const json = JSON.stringify({ ...good, summary: 1 });
  const problems = ['/summary has to be a text.'];
  for (const text of [json, `Here it is: ${json}`, `<think>{}</think>\`\`\`json\n${json}\n\`\`\``])
    expect(parse(text)).toEqual({ ok: false, problems });
  const problem = 'The answer has a member that the schema does not know.';
  expect(parse('It is {"Summary": "a"}.')).toMatchObject({ problems: expect.arrayContaining([problem]) });
});

const many = (text: string, characters = 150_000) => text.repeat(characters / text.length);
test.each([
  ['opening braces', many('{')],
  ['closing braces', many('}')],
  ['pairs of braces', many('{}')],
  ['nested braces', many('{', 75_000) + many('}', 75_000)],
  ['quoted braces', many('{"')],
  ['beginnings', many('{"summary":')],
  ['quoted beginnings', many('{"summary":"')],
  ['nested beginnings', `${many('{"summary":', 130_000)}1${many('}', 11_000)}`],
  ['braces with space', many(`{${' '.repeat(500)}`)],
  ['backslashes', `{"summary":"${many('\\', 149_000)}`],
  ['fences', many('```')],
  ['ends of thoughts', many('</think>')],
  ['replies that do not fit', many(JSON.stringify({ ...good, summary: 1 }))],
  [
    'titles that are too long',
    `{"summary":"a","recommendations":[${many(`{"title":"${'x '.repeat(150)}"},`, 149_000)}1]}`,
  ],
])('a text of 150,000 characters, all of them %s, is read in milliseconds', (_what, text) => {
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    expect(parse(text)).toMatchObject({ ok: false });
    return performance.now() - started;
  });
  expect(Math.min(...times)).toBeLessThan(100); // a pass for each brace would take minutes
});

test('a text that is far too long is refused without being parsed', () => {
  expect(parse(' '.repeat(150_001))).toEqual({ ok: false, problems: ['The answer is far too long.'] });
});

test('at most ten problems are told, and none of them repeats the text', () => {
  const secret = 'something-personal';
  const recommendation = { title: 1, rationale: 2, action: 3, area: secret, priority: secret, [secret]: secret };
  const parsed = parse(
    JSON.stringify({ [secret]: secret, recommendations: Array.from({ length: 9 }, () => recommendation) }),
  );
  expect(parsed).toMatchObject({ ok: false, problems: { length: 10 } });
  expect(JSON.stringify(parsed)).not.toContain(secret);
});

test('any text is a valid reply or has problems', () => {
  const almost = fc.jsonValue().map((value) => JSON.stringify({ ...good, summary: value }));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), almost), (text) => {
      const parsed = parse(text);
      expect(parsed.ok || parsed.problems.length > 0).toBe(true);
    }),
  );
});

test('the repair has the previous messages, the reply and its problems', () => {
  const { messages } = buildPrompt(wellbeing, {}, []);
  const repair = repairMessages(messages, '{"summary":', ['The answer is not valid JSON.', '/summary is blank.']);
  expect(repair.slice(0, 2)).toEqual(messages);
  expect(repair.slice(2)).toEqual([
    { role: 'assistant', content: '{"summary":' },
    {
      role: 'user',
      content:
        'That answer cannot be used:\n- The answer is not valid JSON.\n- /summary is blank.\n' +
        'Answer again in full, with JSON alone that fits the schema.',
    },
  ]);
});

test('the repair shows the reply without its thoughts', () => {
  expect(repairMessages([], 'Hm.</think>{"summary":', ['x'])[0]?.content).toBe('{"summary":');
});

test('the repair has no empty message, no broken characters and no text of any length', () => {
  expect(repairMessages([], ' \n', ['x']).map(({ role }) => role)).toEqual(['user']);
  expect(repairMessages([], 'a\0\ud800b\nc', ['x'])[0]?.content).toBe('a\ufffd\ufffdb\nc');
  expect(repairMessages([], 'x'.repeat(1_000_000), ['x'])[0]?.content).toHaveLength(20_000);
});
