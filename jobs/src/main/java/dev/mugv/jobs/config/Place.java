package dev.mugv.jobs.config;

import org.yaml.snakeyaml.nodes.Node;

/**
 * Where in the file a value stands.
 *
 * @param path keys down to it
 * @param line its line, from 1
 * @param origin whether the value is the file's or a default, which has no line of its own
 */
record Place(String path, int line, Origin origin) {
    enum Origin {
        FILE,
        DEFAULT
    }

    Place key(String key, Node node) {
        return new Place(path.isEmpty() ? key : path + "." + key, lineOf(node), origin);
    }

    /** A key that is not there is shown at its section. */
    Place missingKey(String key, Origin of) {
        return new Place(path.isEmpty() ? key : path + "." + key, line, of);
    }

    Place item(int index, Node node) {
        return new Place(path + "[" + index + "]", lineOf(node), origin);
    }

    ConfigurationFault fault(String message) {
        return new ConfigurationFault(line, path, message);
    }

    private int lineOf(Node node) {
        return origin == Origin.DEFAULT ? line : node.getStartMark().getLine() + 1;
    }
}
