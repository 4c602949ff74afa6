import type { Field } from './fields.ts';
import type { Outcome } from './submission.ts';
import type { Problems } from './validate.ts';

interface FormMessagesProps {
  problems: Problems;
  fields: readonly Field[];
  refusal: Outcome | undefined;
  onSendAsNew: () => void;
}

/** Why the form does not go on. A screen reader reads it out as it appears. */
export const FormMessages = ({ problems, fields, refusal, onSendAsNew }: FormMessagesProps) => {
  const count = fields.filter(({ name }) => problems[name] !== undefined).length;
  return (
    <div role="alert" className="form-messages">
      {count > 0 && (
        <p className="notice notice-problem">
          {count === 1 ? 'One question on this page needs' : `${count} questions on this page need`} your attention.
        </p>
      )}
      {refusal && refusal.kind !== 'accepted' && (
        <div className="notice notice-problem">
          <p dir="auto">{refusal.message}</p>
          {refusal.kind === 'conflict' && (
            <button type="button" className="button-quiet" onClick={onSendAsNew}>
              Send these answers as a new assessment
            </button>
          )}
        </div>
      )}
    </div>
  );
};
