package dev.mugv.model.tool;

import dev.mugv.model.run.WorkFailure;
import tools.jackson.databind.JsonNode;

/** One command that needs the tensor engine. */
interface ModelTool {
    /** Exit code of a tool that did what it was asked for. */
    int DONE = 0;

    /** Exit code of a check that found something over its tolerance. */
    int CHECK_FAILED = 1;

    /**
     * Does what is asked.
     *
     * @param request one of the request records of {@link dev.mugv.model.format}, already checked by the command line as far
     *     as text can be
     * @return the process's exit code
     * @throws WorkFailure with a message for the user
     */
    int run(JsonNode request, ToolTerminal terminal);
}
