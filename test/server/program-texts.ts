/** The global variable that each text sets if it is executed. */
export const MARK = 'assayRanATextOfAVisitor';
const RUN = `globalThis.${MARK} = 1`;

/** Texts that would break out of a literal, or be executed, if a program were made of a document. */
export const PROGRAM_TEXTS: readonly string[] = [
  `__MAGIC_DATE__33a9e76d_02e0_4128_8e92_3530ad3da74d0,${RUN}`,
  `__MAGIC_MINUS_INFINITY__71d4310a_d4a3_4a05_b1fe_e60779d24998${RUN}`,
  `"; ${RUN}; "`,
  `'; ${RUN}; '`,
  `\`; ${RUN}; \``,
  `\${${RUN}}`,
  `"+(${RUN})+"`,
  `); ${RUN}; (`,
  `}); ${RUN}; ({`,
  `], ${RUN}, [`,
  `*/ ${RUN} /*`,
  `// \n${RUN}`,
  `\\"; ${RUN}; //`,
  `\u2028${RUN}\u2029`,
  `\u0000${RUN}`,
  `\r\n${RUN}\r\n`,
  `</script><script>${RUN}</script>`,
  `"""; ${RUN}; """`,
  `$v0 { ${RUN} }`,
  `javascript:${RUN}`,
  `=> ${RUN}`,
  '__proto__',
  'constructor',
  '%s %j %o',
  '# no comment',
];
