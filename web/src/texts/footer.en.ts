/** The words of the footer, which is on every page. */
export const footerTexts = {
  about: 'About and privacy',
  leave: {
    call: 'Leave this device',
    question:
      'Leave this device? Answers that were not sent are removed, and you can not open your results again. To have them deleted, delete them first.',
    yes: 'Yes, leave',
    no: 'Stay',
    busy: 'Leaving …',
  },
  left: 'You have left this device: your session has ended, and nothing of it is kept in this browser.',
};
