CREATE FUNCTION refuse_lineage_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'lineage is only added to: % of table % is refused', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', TABLE = TG_TABLE_NAME;
END $$;
COMMENT ON FUNCTION refuse_lineage_change() IS 'What was recorded of lineage stays as it is';
CREATE TRIGGER lineage_node_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_node
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_lineage_change();
CREATE TRIGGER lineage_name_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_name
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_lineage_change();
CREATE TRIGGER lineage_document_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_document
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_lineage_change();
CREATE TRIGGER lineage_edge_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_edge
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_lineage_change();
CREATE TRIGGER lineage_closure_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_closure
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_lineage_change();
CREATE TRIGGER lineage_kind_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_kind
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_lineage_change();
CREATE TRIGGER lineage_role_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_role
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_lineage_change();
