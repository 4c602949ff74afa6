import { Link } from '../navigation.tsx';
import { PageHeading } from '../page-heading.tsx';
import { paths } from '../routes.ts';

export const MissingPage = ({ children }: { children: string }) => (
  <>
    <PageHeading>Not found</PageHeading>
    <p>{children}</p>
    <p>
      <Link href={paths.start}>Back to the start</Link>
    </p>
  </>
);
