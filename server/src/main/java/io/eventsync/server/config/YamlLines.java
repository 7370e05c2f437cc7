package io.eventsync.server.config;

import io.eventsync.server.config.ConfigFile.Line;
import io.eventsync.server.config.ConfigFile.UnusableException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * YAML, read as a tree of nodes and never built into objects: values keep the text that was written, and each key its
 * line. Nested keys and dotted keys are the same.
 */
final class YamlLines {
    private final List<Line> lines = new ArrayList<>();

    private YamlLines() {}

    static List<Line> parse(String text) throws UnusableException {
        LoaderOptions options = new LoaderOptions();
        // A collection used twice is how a small file grows into a huge one; no setting needs it.
        options.setMaxAliasesForCollections(0);
        try {
            Iterator<Node> documents = new Yaml(new SafeConstructor(options))
                    .composeAll(new StringReader(text))
                    .iterator();
            YamlLines found = new YamlLines();
            if (documents.hasNext()) {
                found.root(documents.next());
            }
            if (documents.hasNext()) {
                throw new UnusableException(line(documents.next()), "a second YAML document; expected one");
            }
            return found.lines;
        } catch (MarkedYAMLException e) {
            // Not getMessage(): it quotes the text around the mistake, which may be a secret.
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw new UnusableException(line, "not valid YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new UnusableException(0, "not valid YAML: " + e.getMessage());
        }
    }

    private void root(Node node) throws UnusableException {
        if (node instanceof MappingNode mapping) {
            mapping(mapping, "");
        } else if (!isNull(node)) {
            throw new UnusableException(line(node), "expected lines of 'key: value'");
        }
    }

    private void mapping(MappingNode mapping, String prefix) throws UnusableException {
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw new UnusableException(line(entry.getKeyNode()), "expected a plain key");
            }
            value(prefix + key.getValue(), key, entry.getValueNode());
        }
    }

    private void value(String path, ScalarNode key, Node value) throws UnusableException {
        if (value instanceof MappingNode mapping) {
            mapping(mapping, path + ".");
        } else if (value instanceof ScalarNode scalar) {
            lines.add(new Line(path, isNull(scalar) ? "" : scalar.getValue(), line(key)));
        } else {
            throw new UnusableException(line(key), path + " takes one value, not a list");
        }
    }

    private static boolean isNull(Node node) {
        return Tag.NULL.equals(node.getTag());
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
