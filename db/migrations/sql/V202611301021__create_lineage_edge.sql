CREATE TABLE lineage_edge (
    child_id  bigint   NOT NULL,
    parent_id bigint   NOT NULL,
    role      smallint NOT NULL,
    maker_id  bigint,
    CONSTRAINT lineage_edge_pk PRIMARY KEY (child_id, parent_id, role),
    CONSTRAINT lineage_edge_order_ck CHECK (parent_id < child_id)
);
CREATE UNIQUE INDEX lineage_edge_children_uq ON lineage_edge (parent_id, child_id, role);
COMMENT ON TABLE lineage_edge IS 'What was made from what; acyclic because every parent has a smaller id than its child';
COMMENT ON COLUMN lineage_edge.child_id IS 'what was made';
COMMENT ON COLUMN lineage_edge.parent_id IS 'what it was made from';
COMMENT ON COLUMN lineage_edge.role IS 'what the parent was to the child, see lineage_role';
COMMENT ON COLUMN lineage_edge.maker_id IS 'the attempt that made it so; absent where the controller did';

-- Values of dev.mugv.steps.lineage.EdgeRole.
CREATE TABLE lineage_role (
    role         smallint NOT NULL,
    name         text     NOT NULL,
    circumstance boolean  NOT NULL,
    CONSTRAINT lineage_role_pk PRIMARY KEY (role),
    CONSTRAINT lineage_role_name_uq UNIQUE (name)
);
COMMENT ON TABLE lineage_role IS 'What a parent can be to its child';
COMMENT ON COLUMN lineage_role.role IS 'as it stands in lineage_edge';
COMMENT ON COLUMN lineage_role.name IS 'as people read it';
COMMENT ON COLUMN lineage_role.circumstance IS 'true: how it came about the first time; false: part of what the child is';

INSERT INTO lineage_role (role, name, circumstance) VALUES
    (1, 'cut-from', false), (2, 'describes', false), (3, 'encoded-from', false), (4, 'encoded-by', false),
    (5, 'contains', false), (6, 'input', false), (7, 'initial', false), (8, 'previous', false), (9, 'trained-on', false),
    (10, 'validated-on', false), (11, 'state-of', false), (12, 'merged-from', false), (13, 'generated-by', false),
    (14, 'conditioned-on', false), (15, 'judges', false), (16, 'evaluates', false), (17, 'shows', false),
    (18, 'exported-from', false), (19, 'made-by', true), (20, 'code', false), (21, 'configured-by', true),
    (22, 'environment', true), (23, 'ran-on', false), (24, 'submitted-in', false), (25, 'given-as', false),
    (26, 'resumed-from', true), (27, 'reproduced', false);

-- Checked by the statement and not by foreign keys, which cost more than the rows themselves: nodes are never removed, so that
-- looking once is enough.
CREATE FUNCTION check_lineage_edges() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT a.child_id, a.parent_id, a.role INTO wrong FROM added a
    LEFT JOIN lineage_node p ON p.node_id = a.parent_id
    LEFT JOIN lineage_node m ON m.node_id = a.maker_id
    LEFT JOIN lineage_role r ON r.role = a.role
    WHERE p.node_id IS NULL OR r.role IS NULL OR (m.node_id IS NULL AND a.maker_id IS NOT NULL) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'lineage edge % to % of role % leads to nothing', wrong.child_id, wrong.parent_id, wrong.role
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'lineage_edge_node_fk', TABLE = 'lineage_edge';
    END IF;
    SELECT a.child_id, a.parent_id INTO wrong FROM added a
    LEFT JOIN lineage_node c ON c.node_id = a.child_id
    WHERE c.recorded_in IS DISTINCT FROM pg_current_xact_id() LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'lineage node % was recorded before and gets no further parent, not even %', wrong.child_id, wrong.parent_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lineage_edge_sealed_ck', TABLE = 'lineage_edge';
    END IF;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION check_lineage_edges() IS
    'Edges lead to nodes, and a node gets its parents in the transaction that records it: what it was made from is a fact';
CREATE TRIGGER lineage_edge_checked AFTER INSERT ON lineage_edge
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_lineage_edges();
