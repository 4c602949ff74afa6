/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment AssessmentState on Assessment {\n    id\n    status\n    version\n    queuePosition\n    estimatedResultSeconds\n    nextTryAt\n    startedAt\n    endedAt\n    draft {\n      summary\n      recommendations {\n        ...RecommendationParts\n      }\n    }\n    failure {\n      code\n      message\n      retryable\n    }\n    result {\n      summary\n      model\n      recommendations {\n        ...RecommendationParts\n      }\n      promptVersion\n    }\n  }\n  fragment RecommendationParts on Recommendation {\n    title\n    rationale\n    action\n    area\n    priority\n  }\n": typeof types.AssessmentStateFragmentDoc,
    "\n  fragment ProfileScore on Score {\n    area\n    parent\n    title\n    value\n    raw\n    unit\n    minimum\n    maximum\n    band {\n      key\n      title\n    }\n    answered\n    of\n  }\n  fragment ProfileArea on QuestionnaireArea {\n    key\n    parent\n    title\n    description\n    lowPole\n    highPole\n    reading\n    unit\n    minimum\n    maximum\n    decimals\n    bands {\n      key\n      title\n      text\n      from\n      to\n      level\n    }\n  }\n": typeof types.ProfileScoreFragmentDoc,
    "\n  mutation CancelAssessment($id: ID!) {\n    payload: cancelAssessment(id: $id) {\n      kind: __typename\n      ...AssessmentState\n      ... on UserError {\n        message\n      }\n    }\n  }\n": typeof types.CancelAssessmentDocument,
    "\n  mutation RetryAssessment($id: ID!) {\n    payload: retryAssessment(id: $id) {\n      kind: __typename\n      ...AssessmentState\n      ... on TooManyAssessmentsError {\n        message\n        retryAfterSeconds\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n": typeof types.RetryAssessmentDocument,
    "\n  query CurrentSession {\n    session {\n      id\n    }\n  }\n": typeof types.CurrentSessionDocument,
    "\n  mutation StartSession {\n    startSession {\n      session {\n        id\n      }\n    }\n  }\n": typeof types.StartSessionDocument,
    "\n  query Assessment($id: ID!) {\n    assessment(id: $id) {\n      ...AssessmentState\n      answers\n      submittedAt\n      scores {\n        ...ProfileScore\n      }\n      questionnaire {\n        id\n        slug\n        version\n        language\n        title\n        areas {\n          ...ProfileArea\n        }\n      }\n    }\n  }\n": typeof types.AssessmentDocument,
    "\n  subscription AssessmentUpdated($id: ID!) {\n    assessmentUpdated(id: $id) {\n      ...AssessmentState\n    }\n  }\n": typeof types.AssessmentUpdatedDocument,
    "\n  mutation SubmitAssessment($input: SubmitAssessmentInput!) {\n    submitAssessment(input: $input) {\n      kind: __typename\n      ... on Assessment {\n        id\n        status\n        version\n      }\n      ... on InvalidAnswersError {\n        message\n        issues {\n          path\n          rule\n          message\n        }\n      }\n      ... on TooManyAssessmentsError {\n        message\n        retryAfterSeconds\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n": typeof types.SubmitAssessmentDocument,
    "\n  query ListedQuestionnaires {\n    questionnaires {\n      id\n      slug\n      language\n      title\n    }\n  }\n": typeof types.ListedQuestionnairesDocument,
    "\n  query TrendAreas($slug: String!, $version: Int!) {\n    questionnaire(slug: $slug, version: $version) {\n      id\n      areas {\n        ...ProfileArea\n      }\n    }\n  }\n": typeof types.TrendAreasDocument,
    "\n  query Answers($id: ID!) {\n    assessment(id: $id) {\n      id\n      answers\n      questionnaire {\n        id\n        language\n        title\n        pages {\n          title\n          items {\n            ...AnsweredItem\n          }\n        }\n      }\n    }\n  }\n": typeof types.AnswersDocument,
    "\n  query YourAssessments($first: Int!, $after: String, $questionnaire: String, $status: AssessmentStatus) {\n    session {\n      id\n      cursor\n      assessments(first: $first, after: $after, questionnaire: $questionnaire, status: $status) {\n        nodes {\n          ...ListedAssessment\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n  fragment ListedAssessment on Assessment {\n    id\n    status\n    version\n    submittedAt\n    scores {\n      area\n      parent\n      value\n      raw\n      band {\n        title\n      }\n    }\n    questionnaire {\n      id\n      slug\n      version\n      language\n      title\n    }\n  }\n": typeof types.YourAssessmentsDocument,
    "\n  subscription AssessmentFinished($after: String) {\n    assessmentFinished(after: $after) {\n      ... on AssessmentFinished {\n        cursor\n        assessment {\n          ...ListedAssessment\n        }\n      }\n      ... on InvalidCursorError {\n        message\n      }\n    }\n  }\n": typeof types.AssessmentFinishedDocument,
    "\n  query Questionnaires {\n    questionnaires {\n      id\n      slug\n      language\n      title\n      description\n      minutes\n    }\n  }\n": typeof types.QuestionnairesDocument,
    "\n  query Questionnaire($slug: String!, $version: Int) {\n    questionnaire(slug: $slug, version: $version) {\n      id\n      slug\n      version\n      language\n      title\n      description\n      schema\n      pages {\n        title\n        items {\n          key\n        }\n      }\n    }\n  }\n": typeof types.QuestionnaireDocument,
    "\n  fragment AnsweredItem on QuestionnaireItem {\n    ...AskedQuestion\n    ... on MatrixItem {\n      rows {\n        ...AskedQuestion\n      }\n    }\n  }\n  fragment AskedQuestion on QuestionnaireItem {\n    __typename\n    key\n    title\n    shownIf\n    ... on ScaleItem {\n      lowest: minimum\n      highest: maximum\n      low\n      high\n    }\n    ... on ChoiceItem {\n      options {\n        value\n        title\n      }\n    }\n    ... on ChoicesItem {\n      options {\n        value\n        title\n      }\n    }\n    ... on NumberItem {\n      unit\n    }\n  }\n": typeof types.AnsweredItemFragmentDoc,
    "\n  query EarlierAssessments($questionnaire: String!) {\n    session {\n      id\n      assessments(first: 20, questionnaire: $questionnaire, status: COMPLETED) {\n        nodes {\n          id\n          submittedAt\n          scores {\n            area\n            raw\n            value\n          }\n        }\n      }\n    }\n  }\n": typeof types.EarlierAssessmentsDocument,
};
const documents: Documents = {
    "\n  fragment AssessmentState on Assessment {\n    id\n    status\n    version\n    queuePosition\n    estimatedResultSeconds\n    nextTryAt\n    startedAt\n    endedAt\n    draft {\n      summary\n      recommendations {\n        ...RecommendationParts\n      }\n    }\n    failure {\n      code\n      message\n      retryable\n    }\n    result {\n      summary\n      model\n      recommendations {\n        ...RecommendationParts\n      }\n      promptVersion\n    }\n  }\n  fragment RecommendationParts on Recommendation {\n    title\n    rationale\n    action\n    area\n    priority\n  }\n": types.AssessmentStateFragmentDoc,
    "\n  fragment ProfileScore on Score {\n    area\n    parent\n    title\n    value\n    raw\n    unit\n    minimum\n    maximum\n    band {\n      key\n      title\n    }\n    answered\n    of\n  }\n  fragment ProfileArea on QuestionnaireArea {\n    key\n    parent\n    title\n    description\n    lowPole\n    highPole\n    reading\n    unit\n    minimum\n    maximum\n    decimals\n    bands {\n      key\n      title\n      text\n      from\n      to\n      level\n    }\n  }\n": types.ProfileScoreFragmentDoc,
    "\n  mutation CancelAssessment($id: ID!) {\n    payload: cancelAssessment(id: $id) {\n      kind: __typename\n      ...AssessmentState\n      ... on UserError {\n        message\n      }\n    }\n  }\n": types.CancelAssessmentDocument,
    "\n  mutation RetryAssessment($id: ID!) {\n    payload: retryAssessment(id: $id) {\n      kind: __typename\n      ...AssessmentState\n      ... on TooManyAssessmentsError {\n        message\n        retryAfterSeconds\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n": types.RetryAssessmentDocument,
    "\n  query CurrentSession {\n    session {\n      id\n    }\n  }\n": types.CurrentSessionDocument,
    "\n  mutation StartSession {\n    startSession {\n      session {\n        id\n      }\n    }\n  }\n": types.StartSessionDocument,
    "\n  query Assessment($id: ID!) {\n    assessment(id: $id) {\n      ...AssessmentState\n      answers\n      submittedAt\n      scores {\n        ...ProfileScore\n      }\n      questionnaire {\n        id\n        slug\n        version\n        language\n        title\n        areas {\n          ...ProfileArea\n        }\n      }\n    }\n  }\n": types.AssessmentDocument,
    "\n  subscription AssessmentUpdated($id: ID!) {\n    assessmentUpdated(id: $id) {\n      ...AssessmentState\n    }\n  }\n": types.AssessmentUpdatedDocument,
    "\n  mutation SubmitAssessment($input: SubmitAssessmentInput!) {\n    submitAssessment(input: $input) {\n      kind: __typename\n      ... on Assessment {\n        id\n        status\n        version\n      }\n      ... on InvalidAnswersError {\n        message\n        issues {\n          path\n          rule\n          message\n        }\n      }\n      ... on TooManyAssessmentsError {\n        message\n        retryAfterSeconds\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n": types.SubmitAssessmentDocument,
    "\n  query ListedQuestionnaires {\n    questionnaires {\n      id\n      slug\n      language\n      title\n    }\n  }\n": types.ListedQuestionnairesDocument,
    "\n  query TrendAreas($slug: String!, $version: Int!) {\n    questionnaire(slug: $slug, version: $version) {\n      id\n      areas {\n        ...ProfileArea\n      }\n    }\n  }\n": types.TrendAreasDocument,
    "\n  query Answers($id: ID!) {\n    assessment(id: $id) {\n      id\n      answers\n      questionnaire {\n        id\n        language\n        title\n        pages {\n          title\n          items {\n            ...AnsweredItem\n          }\n        }\n      }\n    }\n  }\n": types.AnswersDocument,
    "\n  query YourAssessments($first: Int!, $after: String, $questionnaire: String, $status: AssessmentStatus) {\n    session {\n      id\n      cursor\n      assessments(first: $first, after: $after, questionnaire: $questionnaire, status: $status) {\n        nodes {\n          ...ListedAssessment\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n  fragment ListedAssessment on Assessment {\n    id\n    status\n    version\n    submittedAt\n    scores {\n      area\n      parent\n      value\n      raw\n      band {\n        title\n      }\n    }\n    questionnaire {\n      id\n      slug\n      version\n      language\n      title\n    }\n  }\n": types.YourAssessmentsDocument,
    "\n  subscription AssessmentFinished($after: String) {\n    assessmentFinished(after: $after) {\n      ... on AssessmentFinished {\n        cursor\n        assessment {\n          ...ListedAssessment\n        }\n      }\n      ... on InvalidCursorError {\n        message\n      }\n    }\n  }\n": types.AssessmentFinishedDocument,
    "\n  query Questionnaires {\n    questionnaires {\n      id\n      slug\n      language\n      title\n      description\n      minutes\n    }\n  }\n": types.QuestionnairesDocument,
    "\n  query Questionnaire($slug: String!, $version: Int) {\n    questionnaire(slug: $slug, version: $version) {\n      id\n      slug\n      version\n      language\n      title\n      description\n      schema\n      pages {\n        title\n        items {\n          key\n        }\n      }\n    }\n  }\n": types.QuestionnaireDocument,
    "\n  fragment AnsweredItem on QuestionnaireItem {\n    ...AskedQuestion\n    ... on MatrixItem {\n      rows {\n        ...AskedQuestion\n      }\n    }\n  }\n  fragment AskedQuestion on QuestionnaireItem {\n    __typename\n    key\n    title\n    shownIf\n    ... on ScaleItem {\n      lowest: minimum\n      highest: maximum\n      low\n      high\n    }\n    ... on ChoiceItem {\n      options {\n        value\n        title\n      }\n    }\n    ... on ChoicesItem {\n      options {\n        value\n        title\n      }\n    }\n    ... on NumberItem {\n      unit\n    }\n  }\n": types.AnsweredItemFragmentDoc,
    "\n  query EarlierAssessments($questionnaire: String!) {\n    session {\n      id\n      assessments(first: 20, questionnaire: $questionnaire, status: COMPLETED) {\n        nodes {\n          id\n          submittedAt\n          scores {\n            area\n            raw\n            value\n          }\n        }\n      }\n    }\n  }\n": types.EarlierAssessmentsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AssessmentState on Assessment {\n    id\n    status\n    version\n    queuePosition\n    estimatedResultSeconds\n    nextTryAt\n    startedAt\n    endedAt\n    draft {\n      summary\n      recommendations {\n        ...RecommendationParts\n      }\n    }\n    failure {\n      code\n      message\n      retryable\n    }\n    result {\n      summary\n      model\n      recommendations {\n        ...RecommendationParts\n      }\n      promptVersion\n    }\n  }\n  fragment RecommendationParts on Recommendation {\n    title\n    rationale\n    action\n    area\n    priority\n  }\n"): (typeof documents)["\n  fragment AssessmentState on Assessment {\n    id\n    status\n    version\n    queuePosition\n    estimatedResultSeconds\n    nextTryAt\n    startedAt\n    endedAt\n    draft {\n      summary\n      recommendations {\n        ...RecommendationParts\n      }\n    }\n    failure {\n      code\n      message\n      retryable\n    }\n    result {\n      summary\n      model\n      recommendations {\n        ...RecommendationParts\n      }\n      promptVersion\n    }\n  }\n  fragment RecommendationParts on Recommendation {\n    title\n    rationale\n    action\n    area\n    priority\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ProfileScore on Score {\n    area\n    parent\n    title\n    value\n    raw\n    unit\n    minimum\n    maximum\n    band {\n      key\n      title\n    }\n    answered\n    of\n  }\n  fragment ProfileArea on QuestionnaireArea {\n    key\n    parent\n    title\n    description\n    lowPole\n    highPole\n    reading\n    unit\n    minimum\n    maximum\n    decimals\n    bands {\n      key\n      title\n      text\n      from\n      to\n      level\n    }\n  }\n"): (typeof documents)["\n  fragment ProfileScore on Score {\n    area\n    parent\n    title\n    value\n    raw\n    unit\n    minimum\n    maximum\n    band {\n      key\n      title\n    }\n    answered\n    of\n  }\n  fragment ProfileArea on QuestionnaireArea {\n    key\n    parent\n    title\n    description\n    lowPole\n    highPole\n    reading\n    unit\n    minimum\n    maximum\n    decimals\n    bands {\n      key\n      title\n      text\n      from\n      to\n      level\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelAssessment($id: ID!) {\n    payload: cancelAssessment(id: $id) {\n      kind: __typename\n      ...AssessmentState\n      ... on UserError {\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CancelAssessment($id: ID!) {\n    payload: cancelAssessment(id: $id) {\n      kind: __typename\n      ...AssessmentState\n      ... on UserError {\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryAssessment($id: ID!) {\n    payload: retryAssessment(id: $id) {\n      kind: __typename\n      ...AssessmentState\n      ... on TooManyAssessmentsError {\n        message\n        retryAfterSeconds\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation RetryAssessment($id: ID!) {\n    payload: retryAssessment(id: $id) {\n      kind: __typename\n      ...AssessmentState\n      ... on TooManyAssessmentsError {\n        message\n        retryAfterSeconds\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CurrentSession {\n    session {\n      id\n    }\n  }\n"): (typeof documents)["\n  query CurrentSession {\n    session {\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StartSession {\n    startSession {\n      session {\n        id\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation StartSession {\n    startSession {\n      session {\n        id\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Assessment($id: ID!) {\n    assessment(id: $id) {\n      ...AssessmentState\n      answers\n      submittedAt\n      scores {\n        ...ProfileScore\n      }\n      questionnaire {\n        id\n        slug\n        version\n        language\n        title\n        areas {\n          ...ProfileArea\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Assessment($id: ID!) {\n    assessment(id: $id) {\n      ...AssessmentState\n      answers\n      submittedAt\n      scores {\n        ...ProfileScore\n      }\n      questionnaire {\n        id\n        slug\n        version\n        language\n        title\n        areas {\n          ...ProfileArea\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription AssessmentUpdated($id: ID!) {\n    assessmentUpdated(id: $id) {\n      ...AssessmentState\n    }\n  }\n"): (typeof documents)["\n  subscription AssessmentUpdated($id: ID!) {\n    assessmentUpdated(id: $id) {\n      ...AssessmentState\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SubmitAssessment($input: SubmitAssessmentInput!) {\n    submitAssessment(input: $input) {\n      kind: __typename\n      ... on Assessment {\n        id\n        status\n        version\n      }\n      ... on InvalidAnswersError {\n        message\n        issues {\n          path\n          rule\n          message\n        }\n      }\n      ... on TooManyAssessmentsError {\n        message\n        retryAfterSeconds\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation SubmitAssessment($input: SubmitAssessmentInput!) {\n    submitAssessment(input: $input) {\n      kind: __typename\n      ... on Assessment {\n        id\n        status\n        version\n      }\n      ... on InvalidAnswersError {\n        message\n        issues {\n          path\n          rule\n          message\n        }\n      }\n      ... on TooManyAssessmentsError {\n        message\n        retryAfterSeconds\n      }\n      ... on UserError {\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListedQuestionnaires {\n    questionnaires {\n      id\n      slug\n      language\n      title\n    }\n  }\n"): (typeof documents)["\n  query ListedQuestionnaires {\n    questionnaires {\n      id\n      slug\n      language\n      title\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TrendAreas($slug: String!, $version: Int!) {\n    questionnaire(slug: $slug, version: $version) {\n      id\n      areas {\n        ...ProfileArea\n      }\n    }\n  }\n"): (typeof documents)["\n  query TrendAreas($slug: String!, $version: Int!) {\n    questionnaire(slug: $slug, version: $version) {\n      id\n      areas {\n        ...ProfileArea\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Answers($id: ID!) {\n    assessment(id: $id) {\n      id\n      answers\n      questionnaire {\n        id\n        language\n        title\n        pages {\n          title\n          items {\n            ...AnsweredItem\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Answers($id: ID!) {\n    assessment(id: $id) {\n      id\n      answers\n      questionnaire {\n        id\n        language\n        title\n        pages {\n          title\n          items {\n            ...AnsweredItem\n          }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query YourAssessments($first: Int!, $after: String, $questionnaire: String, $status: AssessmentStatus) {\n    session {\n      id\n      cursor\n      assessments(first: $first, after: $after, questionnaire: $questionnaire, status: $status) {\n        nodes {\n          ...ListedAssessment\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n  fragment ListedAssessment on Assessment {\n    id\n    status\n    version\n    submittedAt\n    scores {\n      area\n      parent\n      value\n      raw\n      band {\n        title\n      }\n    }\n    questionnaire {\n      id\n      slug\n      version\n      language\n      title\n    }\n  }\n"): (typeof documents)["\n  query YourAssessments($first: Int!, $after: String, $questionnaire: String, $status: AssessmentStatus) {\n    session {\n      id\n      cursor\n      assessments(first: $first, after: $after, questionnaire: $questionnaire, status: $status) {\n        nodes {\n          ...ListedAssessment\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n  fragment ListedAssessment on Assessment {\n    id\n    status\n    version\n    submittedAt\n    scores {\n      area\n      parent\n      value\n      raw\n      band {\n        title\n      }\n    }\n    questionnaire {\n      id\n      slug\n      version\n      language\n      title\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription AssessmentFinished($after: String) {\n    assessmentFinished(after: $after) {\n      ... on AssessmentFinished {\n        cursor\n        assessment {\n          ...ListedAssessment\n        }\n      }\n      ... on InvalidCursorError {\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription AssessmentFinished($after: String) {\n    assessmentFinished(after: $after) {\n      ... on AssessmentFinished {\n        cursor\n        assessment {\n          ...ListedAssessment\n        }\n      }\n      ... on InvalidCursorError {\n        message\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Questionnaires {\n    questionnaires {\n      id\n      slug\n      language\n      title\n      description\n      minutes\n    }\n  }\n"): (typeof documents)["\n  query Questionnaires {\n    questionnaires {\n      id\n      slug\n      language\n      title\n      description\n      minutes\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Questionnaire($slug: String!, $version: Int) {\n    questionnaire(slug: $slug, version: $version) {\n      id\n      slug\n      version\n      language\n      title\n      description\n      schema\n      pages {\n        title\n        items {\n          key\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Questionnaire($slug: String!, $version: Int) {\n    questionnaire(slug: $slug, version: $version) {\n      id\n      slug\n      version\n      language\n      title\n      description\n      schema\n      pages {\n        title\n        items {\n          key\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AnsweredItem on QuestionnaireItem {\n    ...AskedQuestion\n    ... on MatrixItem {\n      rows {\n        ...AskedQuestion\n      }\n    }\n  }\n  fragment AskedQuestion on QuestionnaireItem {\n    __typename\n    key\n    title\n    shownIf\n    ... on ScaleItem {\n      lowest: minimum\n      highest: maximum\n      low\n      high\n    }\n    ... on ChoiceItem {\n      options {\n        value\n        title\n      }\n    }\n    ... on ChoicesItem {\n      options {\n        value\n        title\n      }\n    }\n    ... on NumberItem {\n      unit\n    }\n  }\n"): (typeof documents)["\n  fragment AnsweredItem on QuestionnaireItem {\n    ...AskedQuestion\n    ... on MatrixItem {\n      rows {\n        ...AskedQuestion\n      }\n    }\n  }\n  fragment AskedQuestion on QuestionnaireItem {\n    __typename\n    key\n    title\n    shownIf\n    ... on ScaleItem {\n      lowest: minimum\n      highest: maximum\n      low\n      high\n    }\n    ... on ChoiceItem {\n      options {\n        value\n        title\n      }\n    }\n    ... on ChoicesItem {\n      options {\n        value\n        title\n      }\n    }\n    ... on NumberItem {\n      unit\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query EarlierAssessments($questionnaire: String!) {\n    session {\n      id\n      assessments(first: 20, questionnaire: $questionnaire, status: COMPLETED) {\n        nodes {\n          id\n          submittedAt\n          scores {\n            area\n            raw\n            value\n          }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query EarlierAssessments($questionnaire: String!) {\n    session {\n      id\n      assessments(first: 20, questionnaire: $questionnaire, status: COMPLETED) {\n        nodes {\n          id\n          submittedAt\n          scores {\n            area\n            raw\n            value\n          }\n        }\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;