package io.babble.embedded;

import java.nio.file.Path;

/** Local files as Flink names them: by URIs in which nothing is escaped. */
public final class FlinkPaths {
    private FlinkPaths() {}

    public static String of(Path local) {
        return org.apache.flink.core.fs.Path.fromLocalFile(local.toFile()).toString();
    }

    public static Path local(String path) {
        return Path.of(new org.apache.flink.core.fs.Path(path).getPath());
    }
}
