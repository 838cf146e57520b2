package io.babble.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.babble.cli.terminal.Progress;
import io.babble.cli.terminal.Terminal;
import io.babble.client.KafkaClients;
import io.babble.client.TextSender;
import io.babble.files.TextFiles;
import io.babble.records.KafkaRecords;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends text to the text topic. */
@Command(
        name = "publish",
        description = "Sends text for learning. The files are concatenated to one text.",
        mixinStandardHelpOptions = true)
final class Publish implements Callable<Integer> {
    private static final int MAX_RECORD_BYTES = 1_000_000;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "UTF-8 text; - is standard input.")
    private List<String> names;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Split the text into N streams of the same length and send them side by side (default: ${DEFAULT-VALUE}).")
    private int streams;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Name of the stream; several streams are KEY-1, KEY-2, … (default: name of the first file).")
    private String key;

    @Option(names = "--rate", paramLabel = "BYTES/S", description = "Maximum bytes per second (default: unlimited).")
    private long rate;

    @Option(
            names = "--record-bytes",
            paramLabel = "BYTES",
            defaultValue = "4096",
            description = "Size of a record (default: ${DEFAULT-VALUE}).")
    private int recordBytes;

    @Option(
            names = "--end",
            description = "End the streams: the rest of their text is learned, then their state is discarded.")
    private boolean end;

    @Option(names = "--topic", description = "Text topic (default: babble.topics.text).")
    private String topic;

    @Mixin
    private BrokerOptions broker;

    @Spec
    private CommandSpec spec;

    private Progress progress;
    private long began;
    private long bytes;
    private long records;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Usage.check(spec, streams >= 1, "--streams must be at least 1");
        Usage.check(spec, rate >= 0, "--rate must not be negative");
        Usage.check(
                spec,
                recordBytes >= 1 && recordBytes <= MAX_RECORD_BYTES,
                "--record-bytes must be 1 to " + MAX_RECORD_BYTES);
        if (names.contains(TextFiles.STDIN)) {
            Usage.check(spec, names.size() == 1, "- cannot be combined with files");
            Usage.check(spec, streams == 1, "- cannot be split into streams: its length is unknown");
            send(List.of(System.in), -1);
        } else {
            try (TextFiles files = new TextFiles(names.stream().map(Path::of).toList())) {
                if (files.size() == 0 && !end) {
                    throw new CommandFailed("There is nothing to publish: the text is empty");
                }
                send(files.split(streams), files.size());
            }
        }
        return 0;
    }

    private void send(List<InputStream> texts, long total) throws IOException, InterruptedException {
        List<String> keys = keys();
        KafkaClients clients = broker.clients();
        String textTopic = topic != null ? topic : broker.topics().text();
        clients.partitions(textTopic);
        PrintWriter err = spec.commandLine().getErr();
        progress = new Progress(err, Terminal.isError(), total, System::nanoTime);
        began = System.nanoTime();
        try (TextSender sender = new TextSender(clients, textTopic)) {
            sendInTurns(sender, keys, texts);
            if (end) {
                keys.forEach(sender::end);
                records += keys.size();
            }
            sender.flush();
            sender.check();
        } finally {
            progress.clear();
        }
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "published %,d bytes  records %,d  streams %d  topic %s  seconds %.1f%n",
                        bytes,
                        records,
                        keys.size(),
                        textTopic,
                        (System.nanoTime() - began) / 1e9);
    }

    /** Sends one record of each stream, then the next one of each, so that they are learned side by side. */
    private void sendInTurns(TextSender sender, List<String> keys, List<InputStream> texts)
            throws IOException, InterruptedException {
        // At low rates smaller records, about ten per second, so that the text flows steadily.
        int size = rate == 0 ? recordBytes : (int) Math.min(recordBytes, Math.max(1, rate / 10));
        boolean more = true;
        while (more) {
            more = false;
            for (int i = 0; i < texts.size(); i++) {
                byte[] piece = texts.get(i).readNBytes(size);
                if (piece.length > 0) {
                    more = true;
                    sender.check();
                    sender.send(keys.get(i), piece);
                    records++;
                    bytes += piece.length;
                    progress.update(bytes);
                    limitRate();
                }
            }
        }
    }

    private void limitRate() throws InterruptedException {
        if (rate > 0) {
            long due = (long) (bytes * 1e9 / rate);
            TimeUnit.NANOSECONDS.sleep(due - (System.nanoTime() - began));
        }
    }

    private List<String> keys() {
        String name = key != null ? key : names.get(0).equals(TextFiles.STDIN) ? "stdin" : fileName();
        List<String> keys = new ArrayList<>();
        for (int i = 1; i <= streams; i++) {
            keys.add(streams == 1 ? name : name + "-" + i);
        }
        Usage.check(
                spec,
                keys.get(streams - 1).getBytes(UTF_8).length <= KafkaRecords.MAX_STREAM_NAME_BYTES,
                "A stream's name must not be longer than " + KafkaRecords.MAX_STREAM_NAME_BYTES
                        + " bytes: choose a shorter --key");
        return keys;
    }

    private String fileName() {
        return Path.of(names.get(0)).getFileName().toString();
    }
}
