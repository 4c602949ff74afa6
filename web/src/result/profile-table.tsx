import { inLanguage } from '../texts/index.ts';
import { resultTexts } from '../texts/result.ts';
import { earlierOf, valueText } from './profile.ts';
import type { ProfileProps } from './profile-section.tsx';

const { profile: texts } = resultTexts;
const { columns } = texts;

/** All scores of a profile in rows. */
export const ProfileTable = ({ scores, language, before }: Omit<ProfileProps, 'areas'>) => (
  // Wider than a phone. A region that can be scrolled needs the focus, otherwise a keyboard could not scroll it.
  <div className="table-frame" role="region" aria-label={columns.area} tabIndex={0}>
    <table>
      <thead>
        <tr>
          <th scope="col">{columns.area}</th>
          <th scope="col">{columns.value}</th>
          <th scope="col">{columns.band}</th>
          {before && <th scope="col">{before.date}</th>}
          <th scope="col">{columns.range}</th>
          <th scope="col">{columns.answers}</th>
        </tr>
      </thead>
      <tbody>
        {scores.map((score) => {
          const earlier = earlierOf(score, before);
          return (
            <tr key={score.area} className={score.parent === null ? 'top' : undefined}>
              <th scope="row" {...inLanguage(language)}>
                {score.title}
              </th>
              <td>{valueText(score) ?? texts.none}</td>
              <td {...inLanguage(language)}>{score.band?.title ?? texts.none}</td>
              {before && <td>{(earlier && valueText({ ...score, raw: earlier.raw })) ?? texts.none}</td>}
              <td>{texts.range(score.minimum, score.maximum)}</td>
              <td>{texts.answers(score.answered, score.of)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  </div>
);
