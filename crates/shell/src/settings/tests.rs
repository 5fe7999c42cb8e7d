use super::*;

fn read(file: &str, environment: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Result<Settings, SettingsError> {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("settings.toml");
    std::fs::write(&path, file).expect("written");
    let flags: Vec<_> = flags.iter().map(|(name, value)| (*name, Some((*value).to_owned()))).collect();
    let environment =
        |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Settings::read(Some(&path), None, environment, &flags)
}

#[test]
fn flags_are_stronger_than_the_environment_and_that_than_the_file() {
    let file = "listen = \"file:1\"\n[log]\nformat = \"json\"\nlevel = \"warn\"\n[ingest]\ndeadline_ms = 5\n";
    let environment = [("GRANARY_LISTEN", "environment:1"), ("GRANARY_LOG_LEVEL", "debug")];
    let settings = read(file, &environment, &[("listen", "flag:1")]).expect("sound");
    assert_eq!(settings.text("listen"), "flag:1");
    assert_eq!(settings.text("log.level"), "debug");
    assert_eq!(settings.text("log.format"), "json");
    assert_eq!(settings.number("ingest.deadline_ms"), 5);
    assert_eq!(settings.number("ingest.queue_frames_max"), 256);
    let origins: BTreeMap<_, _> = settings.shown().map(|(setting, _, origin)| (setting.name, origin)).collect();
    assert_eq!(origins["listen"], Origin::Flag);
    assert_eq!(origins["log.level"], Origin::Environment("GRANARY_LOG_LEVEL".into()));
    assert!(matches!(origins["log.format"], Origin::File(_)));
    assert_eq!(origins["nats.org"], Origin::Default);
}

#[test]
fn what_cannot_stand_is_refused_with_its_name_and_origin() {
    for (file, environment, wanted) in [
        ("lisen = \"x\"", vec![], "there is no setting `lisen`"),
        ("[log]\nformat = \"xml\"", vec![], "`xml` is not human or json"),
        ("listen = true", vec![], "neither text nor a whole number"),
        ("", vec![("GRANARY_INGEST_DEADLINE_MS", "0")], "environment GRANARY_INGEST_DEADLINE_MS"),
        ("[[token]]\nparty = \"A\"\nsha256 = \"12\"", vec![], "not 64 hex digits"),
        ("[[token]]\nparty = \"A\"\nsecret = \"12\"", vec![], "unknown field `secret`"),
        ("listen = ", vec![], "settings.toml"),
    ] {
        let error = read(file, &environment, &[]).expect_err(file);
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

#[test]
fn a_file_that_is_named_has_to_be_there_and_the_one_of_the_folder_need_not() {
    let nowhere = Path::new("/nonexistent/settings.toml");
    assert!(matches!(Settings::read(Some(nowhere), None, |_| None, &[]), Err(SettingsError::Read { .. })));
    assert!(Settings::read(None, Some(nowhere), |_| None, &[]).is_ok());
}
