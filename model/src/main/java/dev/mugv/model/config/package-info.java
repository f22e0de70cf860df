/**
 * Configuration records, checked in their constructors; what a YAML file is bound to and what work orders carry.
 *
 * <p>Knows nothing but values. Start at {@link dev.mugv.model.config.PipelineConfiguration}.
 */
@NullMarked
package dev.mugv.model.config;

import org.jspecify.annotations.NullMarked;
