export { createPhotosApp, type PhotosConfig } from './photos-app.ts';
