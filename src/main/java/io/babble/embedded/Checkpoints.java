package io.babble.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder's checkpoints and savepoints. Flink writes {@code _metadata} last and in one move, so that a snapshot that has it is
 * complete.
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

    /** The complete checkpoint or savepoint that was written last. */
    Optional<Path> newest() {
        return Stream.of(checkpoints(), savepoints())
                .flatMap(kind -> complete(kind).stream())
                .max(Comparator.comparing(Checkpoints::writtenAt).thenComparing(Comparator.naturalOrder()));
    }

    /** Deletes what killed processes have left behind: unfinished snapshots, and those before the newest. */
    void tidy() {
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

    private static List<Path> complete(Path kind) {
        if (Files.notExists(kind)) {
            return List.of();
        }
        try (Stream<Path> files = Files.find(kind, 3, (file, attributes) -> file.endsWith(METADATA))) {
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

    /** Deletes the folder with everything in it, if it is there. */
    static void delete(Path folder) {
        if (Files.notExists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    Files.deleteIfExists(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
