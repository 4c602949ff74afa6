import { useEffect, useLayoutEffect, useRef } from 'react';
import { hasMoved } from './navigation.tsx';
import { inLanguage } from './texts/index.ts';

interface PageHeadingProps {
  children: string;
  /** The title of the browser's tab. @defaultValue the heading */
  title?: string;
  language?: string;
  /** Also on the first page after a load. */
  takesFocus?: boolean;
}

/** The only `h1` of a page. Takes the focus after a navigation, otherwise a screen reader would not announce the page. */
export const PageHeading = ({ children, title = children, language, takesFocus = false }: PageHeadingProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  // Before the paint: a key that is pressed as soon as the page is seen goes on from its heading.
  useLayoutEffect(() => {
    if (takesFocus || hasMoved()) heading.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  useEffect(() => {
    document.title = `${title} · Assay`;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1} {...(language === undefined ? {} : inLanguage(language))}>
      {children}
    </h1>
  );
};
