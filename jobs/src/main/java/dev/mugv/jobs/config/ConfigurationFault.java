package dev.mugv.jobs.config;

/**
 * One thing that is wrong in a configuration file.
 *
 * @param line in the file, from 1
 * @param path keys down to the value, joined by dots, list places in brackets from 0; empty for the file as a whole
 * @param message what was expected and what was found
 */
public record ConfigurationFault(int line, String path, String message) {
    @Override
    public String toString() {
        return path.isEmpty()
                ? "line %d: %s".formatted(line, message)
                : "line %d, %s: %s".formatted(line, path, message);
    }
}
