/**
 * Commands that need the tensor engine and are given at a terminal, not scheduled: describing, checking and converting models,
 * generating a video. Each is a {@link dev.mugv.model.tool.ModelTool}, run in a JVM of its own by the {@code mugv} command line.
 *
 * <p>Knows the whole model; neither work orders nor the database. Nothing knows it. Start at {@link
 * dev.mugv.model.tool.ToolMain}.
 */
@NullMarked
package dev.mugv.model.tool;

import org.jspecify.annotations.NullMarked;
