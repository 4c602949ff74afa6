import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { paths } from '../routes.ts';
import { listTexts } from '../texts/index.ts';
import { trustTexts } from '../texts/index.ts';

const { deleted: texts } = trustTexts;

/** In place of an assessment that was deleted while it was shown. */
export const DeletedPage = () => (
  <>
    <PageHeading takesFocus>{texts.heading}</PageHeading>
    <p role="status">{texts.what}</p>
    <p>
      <Link href={paths.list}>{listTexts.all}</Link> · <Link href={paths.start}>{listTexts.backToStart}</Link>
    </p>
  </>
);
