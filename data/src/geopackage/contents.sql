DELETE FROM gpkg_geometry_columns;
DELETE FROM gpkg_contents;
DELETE FROM gpkg_spatial_ref_sys;
INSERT INTO gpkg_spatial_ref_sys VALUES
    ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
    ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
    ('WGS 84 geodetic', 4326, 'EPSG', 4326,
     'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]',
     'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid');
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
    ('vehicles_last', 'features', 'vehicles_last', 'The last position of each vehicle', 4326),
    ('alarms', 'features', 'alarms', 'Alarms, where their event began', 4326);
INSERT INTO gpkg_geometry_columns VALUES
    ('vehicles_last', 'geom', 'POINT', 4326, 0, 0),
    ('alarms', 'geom', 'POINT', 4326, 0, 0);
DELETE FROM vehicles_last;
DELETE FROM alarms;
