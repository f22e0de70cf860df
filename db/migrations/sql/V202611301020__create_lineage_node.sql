-- What a lineage node can be; dev.mugv.steps.lineage.NodeKind has the same values.
CREATE TABLE lineage_kind (
    kind smallint NOT NULL,
    name text     NOT NULL,
    CONSTRAINT lineage_kind_pk PRIMARY KEY (kind),
    CONSTRAINT lineage_kind_name_uq UNIQUE (name)
);
COMMENT ON TABLE lineage_kind IS 'What a node of the lineage graph can be';
COMMENT ON COLUMN lineage_kind.kind IS 'as it stands in lineage_node';
COMMENT ON COLUMN lineage_kind.name IS 'as people write it';

INSERT INTO lineage_kind (kind, name) VALUES
    (1, 'video'), (2, 'clip'), (3, 'caption'), (4, 'text-encoder'), (5, 'text-features'), (6, 'latent'), (7, 'curation'),
    (8, 'comparison'), (9, 'captions'), (10, 'shard'), (11, 'manifest'), (12, 'given-file'), (13, 'configuration'),
    (14, 'code-version'), (15, 'environment'), (16, 'node'), (17, 'slurm-job'), (18, 'attempt'), (19, 'vae'), (20, 'training'),
    (21, 'checkpoint'), (22, 'merge'), (23, 'sample'), (24, 'samples'), (25, 'label'), (26, 'labels'), (27, 'evaluation'),
    (28, 'report'), (29, 'export'), (30, 'check');

CREATE TABLE lineage_node (
    node_id     bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
    kind        smallint    NOT NULL,
    identity    text        COLLATE "C" NOT NULL,
    label       text        NOT NULL,
    facts       jsonb       NOT NULL DEFAULT '{}',
    recorded_at timestamptz NOT NULL DEFAULT now(),
    recorded_in xid8        NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT lineage_node_pk PRIMARY KEY (node_id),
    CONSTRAINT lineage_node_identity_uq UNIQUE (identity, kind),
    CONSTRAINT lineage_node_kind_fk FOREIGN KEY (kind) REFERENCES lineage_kind (kind),
    CONSTRAINT lineage_node_identity_ck CHECK (identity <> ''),
    CONSTRAINT lineage_node_facts_ck CHECK (jsonb_typeof(facts) = 'object')
);
COMMENT ON TABLE lineage_node IS 'Everything that a checkpoint is made of or led to; rows are never changed or removed';
COMMENT ON COLUMN lineage_node.node_id IS 'in the order of recording: what a node was made from has smaller ids';
COMMENT ON COLUMN lineage_node.kind IS 'see lineage_kind';
COMMENT ON COLUMN lineage_node.identity IS 'what it is by content, unique within the kind: a SHA-256, a clip id, a token with index, a host';
COMMENT ON COLUMN lineage_node.label IS 'what people called it when it was first recorded';
COMMENT ON COLUMN lineage_node.facts IS 'sizes, hashes, seeds, scores: whatever the kind has';
COMMENT ON COLUMN lineage_node.recorded_at IS 'begin of the transaction that recorded it';
COMMENT ON COLUMN lineage_node.recorded_in IS 'that transaction: the only one that may give it parents';

CREATE TABLE lineage_name (
    name    text   COLLATE "C" NOT NULL,
    node_id bigint NOT NULL,
    CONSTRAINT lineage_name_pk PRIMARY KEY (name, node_id),
    CONSTRAINT lineage_name_node_fk FOREIGN KEY (node_id) REFERENCES lineage_node (node_id)
);
COMMENT ON TABLE lineage_name IS 'Further words by which a node is found: artifact key, hash of weights, path, Slurm job id';
COMMENT ON COLUMN lineage_name.name IS 'the word; several nodes may share it';
COMMENT ON COLUMN lineage_name.node_id IS 'what it stands for';

CREATE TABLE lineage_document (
    node_id bigint NOT NULL,
    content text   NOT NULL,
    CONSTRAINT lineage_document_pk PRIMARY KEY (node_id),
    CONSTRAINT lineage_document_node_fk FOREIGN KEY (node_id) REFERENCES lineage_node (node_id)
);
COMMENT ON TABLE lineage_document IS 'Content of nodes that stand for a text: configurations, clip lists, label files';
COMMENT ON COLUMN lineage_document.node_id IS 'the node, whose identity is the SHA-256 of the content';
COMMENT ON COLUMN lineage_document.content IS 'the text itself';
