package io.babble.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * The checkpoints and savepoints in a folder. A snapshot with a file {@code _metadata} is complete, because Flink writes that file
 * last and atomically.
 *
 * @param folder holds {@code checkpoints/JOB/chk-N} and {@code savepoints/savepoint-X}
 */
record Checkpoints(Path folder) {
    private static final String METADATA = "_metadata";

    Path checkpoints() {
        return folder.resolve("checkpoints");
    }

    Path savepoints() {
        return folder.resolve("savepoints");
    }

    /** The latest complete checkpoint or savepoint. */
    Optional<Path> newest() {
        return Stream.of(checkpoints(), savepoints())
                .flatMap(parent -> complete(parent).stream())
                .max(Comparator.comparing(Checkpoints::writtenAt).thenComparing(Comparator.naturalOrder()));
    }

    /** Deletes all snapshots except the newest complete one: killed processes leave incomplete and outdated ones behind. */
    void deleteAllButNewest() {
        Optional<Path> newest = newest();
        for (Path job : children(checkpoints())) {
            if (newest.filter(snapshot -> snapshot.startsWith(job)).isPresent()) {
                children(job).stream()
                        .filter(snapshot -> snapshot.getFileName().toString().startsWith("chk-"))
                        .filter(snapshot -> !newest.get().equals(snapshot))
                        .forEach(Checkpoints::delete);
            } else {
                delete(job);
            }
        }
        children(savepoints()).stream()
                .filter(snapshot -> !newest.equals(Optional.of(snapshot)))
                .forEach(Checkpoints::delete);
    }

    private static List<Path> complete(Path parent) {
        if (Files.notExists(parent)) {
            return List.of();
        }
        try (Stream<Path> files = Files.find(parent, 3, (file, attributes) -> file.endsWith(METADATA))) {
            return files.map(Path::getParent).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileTime writtenAt(Path snapshot) {
        try {
            return Files.getLastModifiedTime(snapshot.resolve(METADATA));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a file or a folder with its content. Does nothing if it does not exist. */
    static void delete(Path path) {
        try {
            FileUtils.deleteFileOrDirectory(path.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
