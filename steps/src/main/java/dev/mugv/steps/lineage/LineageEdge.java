package dev.mugv.steps.lineage;

import java.util.OptionalLong;

/** A recorded edge: the child was made from the parent, by an attempt unless the controller did it. */
public record LineageEdge(long childId, long parentId, EdgeRole role, OptionalLong makerId) {}
