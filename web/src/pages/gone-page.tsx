import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { paths } from '../routes.ts';
import { texts } from '../texts/index.ts';
import { trustTexts } from '../texts/index.ts';

const { gone } = trustTexts;

/** After all data was deleted. There is no session until the person goes on. */
export const GonePage = ({ assessments }: { assessments: number }) => (
  <>
    <PageHeading takesFocus>{gone.heading}</PageHeading>
    <p>{gone.what(assessments)}</p>
    <p>{gone.device}</p>
    <p>
      <Link href={paths.start}>{texts.backToStart}</Link>
    </p>
  </>
);
