-- What a service made of a prompt, and those that were rewritten together.
INSERT INTO lineage_kind (kind, name) VALUES (31, 'prompt'), (32, 'prompts');
