-- Least rights in PostgreSQL: `npm run migrate` runs as the owner of the schema, api and worker run as assay_run, which can
-- change rows and no tables. Run this as an administrator in the database of the installation, after the first migrate, and again
-- after a migrate that another role ran:    psql --single-transaction --file roles.sql assay
-- Then set a password (\password assay_run), and use the role in DATABASE_URL of api and worker.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE ROLE assay_run LOGIN;
GRANT USAGE ON SCHEMA public TO assay_run;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO assay_run;
-- Tables of later migrations.
ALTER DEFAULT PRIVILEGES FOR ROLE assay IN SCHEMA public GRANT SELECT, INSERT, UPDATE ON TABLES TO assay_run;
-- Only migrate publishes questionnaires, and says which migrations have run.
REVOKE INSERT, UPDATE ON mikro_orm_migrations, questionnaire, questionnaire_text, questionnaire_image FROM assay_run;
-- A secret of the fleet is made once.
REVOKE UPDATE ON secret FROM assay_run;
-- Short-lived rows: who leads, the counts of limits, the slots of workers.
-- A person's data, when the person deletes it. What refers to an assessment goes with it.
GRANT DELETE ON test_assessment, session TO assay_run;
GRANT DELETE ON leader, rate_bucket, worker_slots, untold_end TO assay_run;
