import { useEffect, useRef } from 'react';
import { hasMoved } from './navigation.tsx';

interface PageHeadingProps {
  children: string;
  /** The title of the browser's tab. @defaultValue the heading */
  title?: string;
  language?: string;
}

/** The only `h1` of a page. Takes the focus after a navigation, otherwise a screen reader would not announce the page. */
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
