import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { paths } from '../routes.ts';
import { listTexts } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';

const { elsewhere: texts } = resultTexts;

/** For the address of an assessment that this session does not have. The API does not say whether another one has it. */
export const ElsewherePage = () => (
  <>
    <PageHeading>{texts.heading}</PageHeading>
    <p>{texts.why}</p>
    <p>{texts.how}</p>
    <p>{texts.gone}</p>
    <p>
      <Link href={paths.list}>{listTexts.all}</Link> · <Link href={paths.start}>{listTexts.backToStart}</Link>
    </p>
  </>
);
