-- Seals: what a node was when it was recorded, as a hash, and an audit event for each batch of them, so that a row of the graph that
-- somebody changed past all triggers is found and named. Locks: ACCESS EXCLUSIVE on lineage_name for a moment (a column without a
-- default); seals of what is there already are computed while the migration runs, some 20,000 nodes a second.
CREATE SEQUENCE lineage_batch_seq MINVALUE 1;
COMMENT ON SEQUENCE lineage_batch_seq IS 'Numbers batches of nodes and names that were recorded together; 0 is what was there before seals';

CREATE TABLE lineage_seal (
    node_id bigint NOT NULL,
    batch   bigint NOT NULL,
    seal    bytea  NOT NULL,
    CONSTRAINT lineage_seal_pk PRIMARY KEY (node_id),
    CONSTRAINT lineage_seal_node_fk FOREIGN KEY (node_id) REFERENCES lineage_node (node_id),
    CONSTRAINT lineage_seal_ck CHECK (octet_length(seal) = 32)
);
COMMENT ON TABLE lineage_seal IS 'What nodes were when they were recorded; append-only';
COMMENT ON COLUMN lineage_seal.node_id IS 'the node';
COMMENT ON COLUMN lineage_seal.batch IS 'what it was recorded with; the audit event RECORDED of this batch has the hash of all its seals';
COMMENT ON COLUMN lineage_seal.seal IS 'SHA-256 of the canonical form of node, edges to parents, document and closure, see lineage_seals';
CREATE TRIGGER lineage_seal_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON lineage_seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_lineage_change();

ALTER TABLE lineage_name ADD COLUMN batch bigint;
COMMENT ON COLUMN lineage_name.batch IS 'what it was recorded with, as in lineage_seal; absent: before there were seals';

-- The canonical form: netstrings (audit_field) of format, node id, kind, identity, label, facts, microseconds of recorded_at,
-- transaction, SHA-256 of the document, ancestors and SHA-256 of the closure, each empty where there is none; then
-- "parent:role:maker," (maker 0 for none) for each edge in the order of parent and role.
CREATE FUNCTION lineage_seals(nodes bigint[]) RETURNS TABLE (node_id bigint, seal bytea) STABLE LANGUAGE sql AS $$
    SELECT n.node_id, sha256(convert_to(
        audit_field('mugv-lineage-1') || audit_field(n.node_id::text) || audit_field(n.kind::text) || audit_field(n.identity)
        || audit_field(n.label) || audit_field(n.facts::text)
        || audit_field((extract(epoch FROM n.recorded_at) * 1000000)::bigint::text) || audit_field(n.recorded_in::text)
        || audit_field(encode(sha256(convert_to(d.content, 'UTF8')), 'hex'))
        || audit_field(c.ancestors::text) || audit_field(encode(sha256(c.members), 'hex')) || coalesce(e.edges, ''), 'UTF8'))
    FROM unnest(nodes) AS wanted(node_id)
    JOIN lineage_node n ON n.node_id = wanted.node_id
    LEFT JOIN lineage_document d ON d.node_id = n.node_id
    LEFT JOIN lineage_closure c ON c.node_id = n.node_id
    LEFT JOIN LATERAL (
        SELECT string_agg(parent_id || ':' || role || ':' || coalesce(maker_id, 0) || ',', '' ORDER BY parent_id, role) AS edges
        FROM lineage_edge WHERE child_id = n.node_id) AS e ON true
$$;
COMMENT ON FUNCTION lineage_seals IS 'Computes the seals of nodes as they are now';

INSERT INTO lineage_seal (node_id, batch, seal)
SELECT s.node_id, 0, s.seal FROM lineage_seals(ARRAY(SELECT node_id FROM lineage_node ORDER BY node_id)) AS s;

SELECT append_audit_event('RECORDED', '', 'lineage/0',
    json_build_object(
        'batch', 0,
        'names', (SELECT count(*) FROM lineage_name),
        'names-sha256', (SELECT encode(sha256(convert_to(coalesce(string_agg(
            audit_field(name) || audit_field(node_id::text), '' ORDER BY name, node_id), ''), 'UTF8')), 'hex') FROM lineage_name),
        'nodes', (SELECT count(*) FROM lineage_seal),
        'seals-sha256', (SELECT encode(sha256(coalesce(string_agg(seal, ''::bytea ORDER BY node_id), ''::bytea)), 'hex')
            FROM lineage_seal))::text,
    current_user::text, 'migration', 0)
WHERE EXISTS (SELECT FROM lineage_node);
