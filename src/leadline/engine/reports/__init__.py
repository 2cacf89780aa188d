"""Reports: one question a file, each with rows, sentences and a chart."""
