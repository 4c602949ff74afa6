import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { paths } from '../routes.ts';
import { texts } from '../texts/index.ts';

export const MissingPage = ({ children }: { children: string }) => (
  <>
    <PageHeading>{texts.failed.notFound}</PageHeading>
    <p>{children}</p>
    <p>
      <Link href={paths.start}>{texts.backToStart}</Link>
    </p>
  </>
);
