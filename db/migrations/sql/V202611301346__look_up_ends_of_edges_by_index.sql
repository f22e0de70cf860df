-- What is checked of edges stays; how the ends are found is said here and no longer left to the planner, which read the whole table of
-- nodes for every statement once it was large: one look-up by index for each node that the statement names. Locks: none.
CREATE OR REPLACE FUNCTION check_lineage_edges() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    SELECT ends.node_id INTO wrong
    FROM (SELECT parent_id AS node_id FROM added UNION SELECT maker_id FROM added WHERE maker_id IS NOT NULL) AS ends
    WHERE (SELECT n.node_id FROM lineage_node n WHERE n.node_id = ends.node_id) IS NULL LIMIT 1;
    IF FOUND THEN
        SELECT a.child_id, a.parent_id, a.role INTO wrong FROM added a
        WHERE wrong.node_id IN (a.parent_id, a.maker_id) LIMIT 1;
    ELSE
        SELECT a.child_id, a.parent_id, a.role INTO wrong FROM added a
        WHERE NOT EXISTS (SELECT FROM lineage_role r WHERE r.role = a.role) LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'lineage edge % to % of role % leads to nothing', wrong.child_id, wrong.parent_id, wrong.role
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'lineage_edge_node_fk', TABLE = 'lineage_edge';
    END IF;
    SELECT made.child_id INTO wrong FROM (SELECT DISTINCT child_id FROM added) AS made
    WHERE (SELECT n.recorded_in FROM lineage_node n WHERE n.node_id = made.child_id) IS DISTINCT FROM pg_current_xact_id() LIMIT 1;
    IF FOUND THEN
        SELECT a.child_id, a.parent_id INTO wrong FROM added a WHERE a.child_id = wrong.child_id LIMIT 1;
        RAISE EXCEPTION 'lineage node % was recorded before and gets no further parent, not even %', wrong.child_id, wrong.parent_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lineage_edge_sealed_ck', TABLE = 'lineage_edge';
    END IF;
    RETURN NULL;
END $$;
