const assessments = (count: number): string => (count === 1 ? 'One assessment' : `${count} assessments`);

/** The words of what a person is told and can decide about the answers: help, privacy and deletion. */
export const trustTexts = {
  help: {
    /** `titles`: of the flags that the answers meet, such as “Thoughts of self-harm”. */
    because: (titles: readonly string[]) => `Your answers touch on: ${titles.join(', ')}`,
  },

  intro: {
    heading: 'What happens with your answers',
    deletion: 'What you send is kept until you delete it, which you can do at any time.',
    sending: 'What you send is kept until you delete it.',
  },

  page: {
    how: 'How it works',
    steps: [
      'You answer a questionnaire. Until you send it, your answers are only on this device.',
      'Your profile is computed from your answers by the rules of the questionnaire, without AI.',
      'A language model writes a summary and recommendations from your answers. They can be wrong.',
      'You find your results again in this browser, by a cookie. Whoever uses this browser can read them.',
      'It is a way to reflect, not a diagnosis. It does not replace advice from a professional.',
    ],
    leaveHeading: 'On a shared computer',
    leave:
      'Leave this device when you are done: your session ends, and answers that were not sent are removed from here. Your results are still stored, but nobody can open them any more, you neither. Delete them first if they are not to be kept.',
    deleteHeading: 'Delete everything',
    delete:
      'All your assessments go for good, with their answers, results and recommendations, and so does your session, in all its tabs. Answers that were not sent are removed from this device. A single assessment can be deleted on its page and in the list of your assessments.',
  },

  gone: {
    heading: 'Everything is deleted',
    what: (count: number) => `${assessments(count)} went, with all answers and results. Your session is gone, too.`,
    device: 'Nothing of it is kept in this browser.',
  },

  deleted: {
    heading: 'This assessment was deleted',
    what: 'Its answers and its result are gone for good.',
    said: 'It is deleted.',
    /** Of a button, for a screen reader. */
    one: (call: string, title: string, date: string) => `${call}: ${title}, ${date}`,
    uncertain: 'It is not certain that this has arrived. You can try it again; twice does no harm.',
    failed: 'Something went wrong. Please try again.',
  },
};
