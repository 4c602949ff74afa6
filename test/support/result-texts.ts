import { loadResultTexts } from '../../web/src/texts/result.ts';

await loadResultTexts();
