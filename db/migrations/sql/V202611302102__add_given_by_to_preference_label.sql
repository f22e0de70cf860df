-- Who gave a label that is a majority's. Locks: preference_label, for a moment (a column with a constant default).
ALTER TABLE preference_label ADD COLUMN given_by text NOT NULL DEFAULT '';
COMMENT ON COLUMN preference_label.given_by IS 'annotators with what each said, as in the file that trainings read; empty where nobody is named';
