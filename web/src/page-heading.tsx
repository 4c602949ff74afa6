import { useEffect, useRef } from 'react';
import { hasMoved } from './navigation.tsx';

interface PageHeadingProps {
  children: string;
  /** For the browser's tab, if the heading alone does not say it. */
  title?: string;
  language?: string;
}

/** The one `h1` of a page. Takes the focus after a move, otherwise a screen reader would stay silent about the new page. */
export const PageHeading = ({ children, title = children, language }: PageHeadingProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasMoved()) heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${title} · Assay`;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1} lang={language}>
      {children}
    </h1>
  );
};
