package io.babble.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * The checkpoints and savepoints in a folder. A snapshot with a file {@code _metadata} is complete, because Flink
 * writes that file last and atomically.
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
        Snapshots before = snapshots();
        while (true) {
            Snapshots after = snapshots();
            // A running job deletes a checkpoint when it has a newer one, which may have come after the folders were
            // listed.
            if (after.equals(before)) {
                return after.complete().entrySet().stream()
                        .max(Map.Entry.<Path, FileTime>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                        .map(Map.Entry::getKey);
            }
            before = after;
        }
    }

    /**
     * The snapshots at one moment.
     *
     * @param complete those that are, with the time when they were written
     */
    private record Snapshots(Set<Path> all, Map<Path, FileTime> complete) {}

    private Snapshots snapshots() {
        Set<Path> all = Stream.concat(Stream.of(savepoints()), children(checkpoints()).stream())
                .flatMap(parent -> children(parent).stream())
                .collect(Collectors.toSet());
        Map<Path, FileTime> complete = new HashMap<>();
        all.forEach(snapshot -> writtenAt(snapshot).ifPresent(time -> complete.put(snapshot, time)));
        return new Snapshots(all, complete);
    }

    /** Empty for an incomplete snapshot, and for what is none. */
    private static Optional<FileTime> writtenAt(Path snapshot) {
        try {
            return Optional.of(Files.getLastModifiedTime(snapshot.resolve(METADATA)));
        } catch (FileSystemException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Deletes all snapshots except the newest complete one: killed processes leave incomplete and outdated ones behind.
     */
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

    /** What is in a folder; nothing if it is none. */
    static List<Path> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
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
