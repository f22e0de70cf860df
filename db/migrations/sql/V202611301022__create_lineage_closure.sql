CREATE TABLE lineage_closure (
    node_id   bigint NOT NULL,
    ancestors bigint NOT NULL,
    members   bytea  NOT NULL,
    CONSTRAINT lineage_closure_pk PRIMARY KEY (node_id),
    CONSTRAINT lineage_closure_node_fk FOREIGN KEY (node_id) REFERENCES lineage_node (node_id),
    CONSTRAINT lineage_closure_ancestors_ck CHECK (ancestors >= 0)
);
COMMENT ON TABLE lineage_closure IS
    'All ancestors of nodes that gather many; for ever true, because a node''s parents never change after it was recorded';
COMMENT ON COLUMN lineage_closure.node_id IS 'a manifest, a shard, a checkpoint';
COMMENT ON COLUMN lineage_closure.ancestors IS 'how many nodes it was made from, directly or not, itself not counted';
COMMENT ON COLUMN lineage_closure.members IS 'one bit a node id, least significant bit of the first byte for id 0: set for ancestors';
