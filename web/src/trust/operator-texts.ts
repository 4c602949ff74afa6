import { useQuery } from 'urql';
import { graphql } from '../gql/index.ts';
import { pageLanguage } from '../texts/index.ts';

const OperatorTexts = graphql(`
  query OperatorTexts($language: String!) {
    texts(language: $language) {
      language
      help {
        ...HelpWords
      }
      privacy {
        title
        text
      }
      contact {
        title
        text
        url
      }
    }
  }
  fragment HelpWords on Help {
    title
    text
    flags
    contacts {
      name
      detail
      url
    }
  }
`);

/** The operator's words, in the language of the page where they are there. They need no session, and are asked for once. */
export const useOperatorTexts = () => {
  const variables = { language: pageLanguage };
  const [{ data, error, fetching }, ask] = useQuery({ query: OperatorTexts, variables, requestPolicy: 'cache-first' });
  return { words: data?.texts, error, isLoading: fetching, reload: () => ask({ requestPolicy: 'network-only' }) };
};
