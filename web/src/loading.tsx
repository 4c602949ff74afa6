import { texts } from './texts/index.ts';

/** Stands for a page that is not there yet, like the page in index.html before the script has started. */
export const Loading = () => (
  <>
    <div role="status">
      <h1 className="loading">{texts.loading}</h1>
    </div>
    <Skeleton />
  </>
);

/** Keeps the room of content that is about to come. */
export const Skeleton = () => <div className="skeleton" aria-hidden="true" />;
