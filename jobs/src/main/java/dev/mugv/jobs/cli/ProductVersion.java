package dev.mugv.jobs.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code mugv --version} says. */
final class ProductVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = MugvMain.class.getPackage().getImplementationVersion();
        return new String[] {
            "mugv-batch " + (version == null ? "(not packaged)" : version),
            "Java " + Runtime.version() + " on " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
