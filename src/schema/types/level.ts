import { builder } from '../builder.ts';

export const LevelType = builder.enumType('Level', {
  description: 'A rough place of a value, by which advice goes.',
  values: {
    LOW: { value: 'LOW', description: 'In a low band.' },
    MEDIUM: { value: 'MEDIUM', description: 'In a middle band.' },
    HIGH: { value: 'HIGH', description: 'In a high band.' },
  } as const,
});
