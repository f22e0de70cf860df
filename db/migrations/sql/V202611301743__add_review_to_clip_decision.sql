-- Selection for finetuning: what people and weights say of a clip. Locks: clip_decision, for a moment (constant defaults).
ALTER TABLE clip_decision
    ADD COLUMN composite       double precision NOT NULL DEFAULT 0,
    ADD COLUMN finetune_weight double precision NOT NULL DEFAULT 1,
    ADD COLUMN review          text             NOT NULL DEFAULT '';
ALTER TABLE clip_decision
    ADD CONSTRAINT clip_decision_composite_ck CHECK (composite BETWEEN 0 AND 1),
    ADD CONSTRAINT clip_decision_finetune_weight_ck
        CHECK (finetune_weight > 0 AND finetune_weight < 'Infinity'::double precision),
    ADD CONSTRAINT clip_decision_review_ck CHECK (review = '' OR NOT finetune);
COMMENT ON COLUMN clip_decision.composite IS 'mean rank over the scores that finetuning chooses by, 0 worst to 1 best';
COMMENT ON COLUMN clip_decision.finetune_weight IS 'sampling weight in finetuning: that of balancing times that of its tagged group';
COMMENT ON COLUMN clip_decision.review IS 'why annotators rejected it for finetuning; empty when they did not';
